package org.nbdcore.system;

import com.sun.jna.Native;
import com.sun.jna.Platform;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/** Socket options of Linux that Java lacks. Loading this class loads JNA. */
final class UnixSocketOptions {

  private static final int SOL_SOCKET = 1;
  private static final int SO_LINGER = 13;
  private static final int SO_PEERCRED = 17;
  private static final int SO_DOMAIN = 39;
  private static final int AF_UNIX = 1;

  static {
    if (!Platform.isLinux()) {
      throw new UnsupportedOperationException("only Linux's numbers of socket options are known");
    }
    Native.register(UnixSocketOptions.class, "c");
  }

  private UnixSocketOptions() {}

  private static native int getsockopt(
      int descriptor, int level, int option, int[] value, int[] length);

  /** Reads an option that is made of as many numbers as {@code value} has room for. */
  private static boolean read(int descriptor, int option, int[] value) {
    int[] length = {value.length * Integer.BYTES};
    return getsockopt(descriptor, SOL_SOCKET, option, value, length) == 0
        && length[0] == value.length * Integer.BYTES;
  }

  /**
   * A descriptor of the one Unix socket of this process with that linger time. It may have several,
   * as where it is both standard input and standard output.
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
            read(descriptor, SO_DOMAIN, domain)
                && domain[0] == AF_UNIX
                && read(descriptor, SO_LINGER, linger)
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
    return read(descriptor, SO_PEERCRED, credentials)
        ? Optional.of(new UnixPeer(credentials[0], credentials[1], credentials[2]))
        : Optional.empty();
  }
}
