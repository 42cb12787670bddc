package org.nbdcore.system;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Credentials of the peer of a Unix socket at the time of its connection.
 *
 * @param pid its process
 * @param uid its effective user
 * @param gid its effective group
 */
public record UnixPeer(int pid, int uid, int gid) {

  /** Held while a socket has the linger time, so that only one socket has it. */
  private static final Object SEARCH = new Object();

  private static final int LINGER_SECONDS = 0xb0de;

  /**
   * Queries Linux for the peer of a socket. Safe for use by several threads. The first call loads
   * JNA.
   *
   * <p>The system call needs the socket's descriptor, which Java does not expose. So this method
   * sets a unique linger time on the socket, and searches the descriptors of this process for the
   * one that has it. It then resets the linger time, which has no effect on a Unix socket. The
   * JDK's own SO_PEERCRED is no alternative: it returns names of user and group, which need not be
   * unique, and no process id.
   *
   * @return empty for other sockets than Unix sockets, and if the system does not report the peer
   * @throws IOException if the socket is closed
   * @throws LinkageError if JNA does not work here
   */
  public static Optional<UnixPeer> of(SocketChannel channel) throws IOException {
    if (!(channel.getLocalAddress() instanceof UnixDomainSocketAddress)) {
      return Optional.empty();
    }
    synchronized (SEARCH) {
      channel.setOption(StandardSocketOptions.SO_LINGER, LINGER_SECONDS);
      try {
        OptionalInt descriptor = UnixSocketOptions.socketLingering(LINGER_SECONDS);
        return descriptor.isPresent()
            ? UnixSocketOptions.peer(descriptor.getAsInt())
            : Optional.empty();
      } finally {
        channel.setOption(StandardSocketOptions.SO_LINGER, -1);
      }
    }
  }
}
