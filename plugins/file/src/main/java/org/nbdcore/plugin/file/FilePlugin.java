package org.nbdcore.plugin.file;

import java.io.IOException;
import java.nio.file.Path;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;

/** Serves one file under every export name. */
final class FilePlugin implements Plugin {

  private final Path file;
  private final boolean readOnly;
  private final FileHints hints;

  FilePlugin(Path file, boolean readOnly, FileHints hints) {
    this.file = file;
    this.readOnly = readOnly;
    this.hints = hints;
  }

  @Override
  public BlockDevice open(OpenRequest request) throws IOException {
    return hints.open(file, readOnly || request.readOnly(), request.session());
  }
}
