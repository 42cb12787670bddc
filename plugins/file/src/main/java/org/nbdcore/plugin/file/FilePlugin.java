package org.nbdcore.plugin.file;

import java.io.IOException;
import java.nio.file.Path;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;

/** One file, whatever export name the client sends. */
final class FilePlugin implements Plugin {

  private final Path file;

  FilePlugin(Path file) {
    this.file = file;
  }

  @Override
  public BlockDevice open(OpenRequest request) throws IOException {
    return FileDevice.open(file, request.readOnly());
  }
}
