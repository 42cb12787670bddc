package org.nbdcore.plugin.mkfs;

import java.nio.file.Files;
import java.nio.file.Path;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.FileNames;
import org.nbdcore.spi.Parameter;

/** The directories that plugins of this package read. */
final class Directories {

  /** The directory with the files of the disk. */
  static final Parameter<Path> DIR =
      Parameter.path("dir", "Directory whose files the disk contains.")
          .map(Directories::existing)
          .placeholder("DIRECTORY")
          .required()
          .magic();

  private Directories() {}

  private static Path existing(Path directory) throws ConfigException {
    if (!Files.isDirectory(directory)) {
      throw new ConfigException("must be a directory, not '" + FileNames.text(directory) + "'");
    }
    return directory;
  }
}
