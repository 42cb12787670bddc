package org.nbdcore.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.nbdcore.spi.FileNames;

/** Warns if a configuration file contains a password and every user can read it. */
final class SecretFile {

  private SecretFile() {}

  /** The warning, if it is due. */
  static Optional<String> warning(String file, List<ExportBuilder.Built> exports) {
    Optional<Integer> line =
        exports.stream().map(ExportBuilder.Built::secretLine).filter(n -> n > 0).findFirst();
    if (line.isEmpty() || !readableByOthers(FileNames.path(file))) {
      return Optional.empty();
    }
    return Optional.of(
        file
            + ":"
            + line.get()
            + ": a password, and every user can read the file: use chmod o-r, or move the password"
            + " to a file of its own (+FILE or credential:NAME)");
  }

  private static boolean readableByOthers(Path file) {
    try {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
      return permissions.contains(PosixFilePermission.OTHERS_READ);
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }
}
