package org.nbdcore.cli;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A place for a Unix socket that nobody else can reach ({@code -U -}); removed when closed. */
final class PrivateSocket implements Closeable {

  private final Path folder;

  private PrivateSocket(Path folder) {
    this.folder = folder;
  }

  /** Makes a new folder that only its owner may enter. */
  static PrivateSocket create(String program) throws IOException {
    return new PrivateSocket(
        Files.createTempDirectory(
            program,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))));
  }

  /** Where the socket goes. */
  Path path() {
    return folder.resolve("socket");
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(path());
    Files.deleteIfExists(folder);
  }
}
