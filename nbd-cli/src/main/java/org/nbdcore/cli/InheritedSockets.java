package org.nbdcore.cli;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Log;
import org.nbdcore.system.ProcessCalls;
import org.nbdcore.system.SocketCalls;

/**
 * The listening sockets that systemd, or a program with the same protocol, passes to the server
 * (sd_listen_fds(3)): descriptors 3 and up. The launcher has checked that they are for this
 * process, and removed the variables, so that no child process uses them.
 */
final class InheritedSockets {

  /** The launcher sets this system property to the number of sockets. */
  private static final String COUNT = "nbdcore.listen";

  /** The launcher sets this property to LISTEN_FDNAMES, if that is set. */
  private static final String NAMES = "nbdcore.listen.names";

  private static final Log LOG = Log.of("");
  private static final int FIRST = 3;

  private static final List<CommandLineOption> EXCLUDED =
      List.of(
          CommandLineOption.IP_ADDRESS,
          CommandLineOption.PORT,
          CommandLineOption.RUN,
          CommandLineOption.SINGLE,
          CommandLineOption.UNIX,
          CommandLineOption.VSOCK,
          CommandLineOption.SELINUX_LABEL);

  private InheritedSockets() {}

  /** The number of sockets; 0 without socket activation. */
  static int count() {
    return Integer.getInteger(COUNT, 0);
  }

  /** True if a descriptor is one of the sockets. */
  static boolean includes(int descriptor) {
    return descriptor >= FIRST && descriptor < FIRST + count();
  }

  /**
   * Refuses options with addresses to listen on, if there are inherited sockets.
   *
   * @throws ConfigException naming the option
   */
  static void check(CommandLine line) throws ConfigException {
    if (count() > 0) {
      for (CommandLineOption option : EXCLUDED) {
        if (line.has(option)) {
          throw new ConfigException(
              option + " cannot be used with socket activation (LISTEN_FDS is set)");
        }
      }
    }
  }

  /**
   * Makes channels of them.
   *
   * @throws IOException naming a descriptor that is not a listening socket, or whose type is not
   *     supported
   */
  static List<ServerSocketChannel> open() throws IOException {
    List<ServerSocketChannel> channels = new ArrayList<>();
    String[] names = System.getProperty(NAMES, "").split(":");
    for (int descriptor = FIRST; descriptor < FIRST + count(); descriptor++) {
      channels.add(open(descriptor));
      String name = descriptor - FIRST < names.length ? names[descriptor - FIRST] : "";
      int number = descriptor;
      LOG.debug(() -> "socket activation: descriptor " + number + " '" + name + "'");
    }
    return channels;
  }

  private static ServerSocketChannel open(int descriptor) throws IOException {
    if (SocketCalls.option(descriptor, SocketCalls.SO_TYPE) != SocketCalls.SOCK_STREAM
        || SocketCalls.option(descriptor, SocketCalls.SO_ACCEPTCONN) != 1) {
      throw new IOException(
          "socket activation: descriptor "
              + descriptor
              + " is not a listening stream socket (use ListenStream= with Accept=no)");
    }
    int family = SocketCalls.option(descriptor, SocketCalls.SO_DOMAIN);
    ProcessCalls.fcntl(descriptor, ProcessCalls.F_SETFD, ProcessCalls.FD_CLOEXEC);
    return switch (family) {
      case SocketCalls.AF_UNIX -> Descriptors.listening(descriptor, StandardProtocolFamily.UNIX);
      case SocketCalls.AF_INET -> Descriptors.listening(descriptor, StandardProtocolFamily.INET);
      case SocketCalls.AF_INET6 -> Descriptors.listening(descriptor, StandardProtocolFamily.INET6);
      default ->
          throw new IOException(
              "socket activation: descriptor "
                  + descriptor
                  + " is a socket of family "
                  + family
                  + "; TCP and Unix sockets are served");
    };
  }
}
