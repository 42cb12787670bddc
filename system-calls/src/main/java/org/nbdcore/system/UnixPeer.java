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

  /** Guards the linger time: one socket at a time has it. */
  private static final Object SEARCH = new Object();

  private static final int LINGER_SECONDS = 0xb0de;

  /**
   * Asks Linux for the peer of a socket. Any thread may ask; JNA is loaded by the first.
   *
   * <p>The system call needs the socket's descriptor, which Java does not tell. So the socket is
   * given a linger time that no other one has, by which it is found among the descriptors of this
   * process. (The JDK's own SO_PEERCRED has the names of user and group, which are not always
   * unique, and no process.) A linger time means nothing to a Unix socket, and is taken off again.
   *
   * @return empty for a socket of another kind, and where the system does not tell
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
