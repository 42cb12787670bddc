package org.nbdcore.server;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.Optional;

/** Asks once who the client is, when that is first wanted. */
final class PeerSource {

  private final ServerHooks hooks;
  private final SocketChannel channel;
  private Optional<PeerCredentials> found; // null until asked for; guarded by this

  PeerSource(ServerHooks hooks, SocketChannel channel) {
    this.hooks = hooks;
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
      return hooks.credentials(channel);
    } catch (IOException | RuntimeException | LinkageError e) {
      ServerLog.LOG.debug(() -> "the client's credentials are unknown: " + e);
      return Optional.empty();
    }
  }
}
