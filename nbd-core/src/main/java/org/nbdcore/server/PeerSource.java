package org.nbdcore.server;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Asks Linux for the credentials of a Unix socket's client, when first wanted.
 *
 * <p>The system call needs the socket's descriptor, which Java does not tell. So the socket is
 * given a linger time that no other one has, by which it is found among the descriptors of this
 * process. (The JDK's own SO_PEERCRED has the names of user and group, which are not always unique,
 * and no process.) A linger time means nothing to a Unix socket, and is taken off again.
 */
final class PeerSource {

  /** Guards the linger time: one socket at a time has it. */
  private static final Object SEARCH = new Object();

  private static final int LINGER_SECONDS = 0xb0de;

  private final SocketChannel channel;
  private Optional<PeerCredentials> found; // null until asked for; guarded by this

  PeerSource(SocketChannel channel) {
    this.channel = channel;
  }

  /** Who the client is; empty where that cannot be known. */
  synchronized Optional<PeerCredentials> credentials() {
    if (found == null) {
      found = find();
    }
    return found;
  }

  private Optional<PeerCredentials> find() {
    try {
      if (!(channel.getLocalAddress() instanceof UnixDomainSocketAddress)) {
        return Optional.empty();
      }
      synchronized (SEARCH) {
        channel.setOption(StandardSocketOptions.SO_LINGER, LINGER_SECONDS);
        try {
          OptionalInt descriptor = SocketCalls.unixSocketLingering(LINGER_SECONDS);
          return descriptor.isPresent()
              ? SocketCalls.peer(descriptor.getAsInt())
              : Optional.empty();
        } finally {
          channel.setOption(StandardSocketOptions.SO_LINGER, -1);
        }
      }
    } catch (IOException | RuntimeException | LinkageError e) {
      ServerLog.LOG.debug(() -> "the client's credentials are unknown: " + e);
      return Optional.empty();
    }
  }
}
