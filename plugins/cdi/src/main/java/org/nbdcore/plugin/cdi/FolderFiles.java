package org.nbdcore.plugin.cdi;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/** A layout in a folder. */
final class FolderFiles implements LayoutFiles {

  private final Path folder;

  FolderFiles(Path folder) {
    this.folder = folder;
  }

  @Override
  public InputStream open(String name) throws IOException {
    Path file = folder.resolve(name);
    try {
      return Files.newInputStream(file);
    } catch (NoSuchFileException e) {
      throw new NbdException(NbdError.EIO, "there is no file " + file, e);
    }
  }

  @Override
  public void close() {}
}
