package org.nbdcore.cli;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A private folder for a Unix socket ({@code -U -}), accessible only to its owner; deleted on
 * close.
 */
final class PrivateSocket implements Closeable {

  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Path folder;

  private PrivateSocket(Path folder) {
    this.folder = folder;
  }

  /** Makes a new folder that only its owner may enter. */
  static PrivateSocket create(String program) throws IOException {
    // Files.createTempDirectory would load the JDK's cryptography for the sake of a name.
    String name = program + ProcessHandle.current().pid();
    Path parent = Path.of(System.getProperty("java.io.tmpdir"));
    while (true) {
      Path folder = parent.resolve(name + "-" + Long.toString(System.nanoTime(), 36));
      try {
        return new PrivateSocket(Files.createDirectory(folder, OWNER_ONLY));
      } catch (FileAlreadyExistsException e) {
        // the name is in use: try another one
      }
    }
  }

  /** Path of the socket. */
  Path path() {
    return folder.resolve("socket");
  }

  /** Changes the owner, so another user can access and remove it. */
  void changeOwner(RunAsUser account) throws IOException {
    account.own(path());
    account.own(folder);
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(path());
    Files.deleteIfExists(folder);
  }
}
