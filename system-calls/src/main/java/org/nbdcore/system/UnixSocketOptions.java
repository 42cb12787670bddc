package org.nbdcore.system;

import com.sun.jna.Platform;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/** Socket options of Linux that Java lacks. Loading this class loads JNA. */
final class UnixSocketOptions {

  static {
    if (!Platform.isLinux()) {
      throw new UnsupportedOperationException("only Linux's numbers of socket options are known");
    }
  }

  private UnixSocketOptions() {}

  /**
   * Returns a descriptor of the only Unix socket of this process with this linger time. The socket
   * may have several descriptors, for example if it is both standard input and standard output.
   */
  static OptionalInt socketLingering(int seconds) throws IOException {
    OptionalInt found = OptionalInt.empty();
    Path socket = null; // its name in /proc, which has its inode
    int[] domain = new int[1];
    int[] linger = new int[2];
    try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path each : all) {
        int descriptor = Integer.parseInt(each.getFileName().toString());
        boolean fits =
            SocketCalls.option(descriptor, SocketCalls.SO_DOMAIN, domain)
                && domain[0] == SocketCalls.AF_UNIX
                && SocketCalls.option(descriptor, SocketCalls.SO_LINGER, linger)
                && linger[0] != 0
                && linger[1] == seconds;
        if (fits) {
          Path name = Files.readSymbolicLink(each);
          if (socket != null && !name.equals(socket)) {
            return OptionalInt.empty();
          }
          socket = name;
          found = OptionalInt.of(descriptor);
        }
      }
    }
    return found;
  }

  /** Credentials of the peer of a Unix socket. */
  static Optional<UnixPeer> peer(int descriptor) {
    int[] credentials = new int[3];
    return SocketCalls.option(descriptor, SocketCalls.SO_PEERCRED, credentials)
        ? Optional.of(new UnixPeer(credentials[0], credentials[1], credentials[2]))
        : Optional.empty();
  }
}
