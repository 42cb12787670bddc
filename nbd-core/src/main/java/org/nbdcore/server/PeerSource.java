package org.nbdcore.server;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.nbdcore.log.ServerLog;
import org.nbdcore.server.export.ConnectionSession;

/** Looks up the identity of the client, once, when a layer first asks for it. */
final class PeerSource implements ConnectionSession.Peer {

  private final ServerHooks hooks;
  private final SocketChannel channel;
  private @Nullable Optional<PeerCredentials> found; // null until asked for; guarded by this

  PeerSource(ServerHooks hooks, SocketChannel channel) {
    this.hooks = hooks;
    this.channel = channel;
  }

  @Override
  public OptionalInt uid() {
    return credential(PeerCredentials::uid);
  }

  @Override
  public OptionalInt gid() {
    return credential(PeerCredentials::gid);
  }

  @Override
  public OptionalInt pid() {
    return credential(PeerCredentials::pid);
  }

  private synchronized OptionalInt credential(ToIntFunction<PeerCredentials> which) {
    if (found == null) {
      found = find();
    }
    return found.isPresent() ? OptionalInt.of(which.applyAsInt(found.get())) : OptionalInt.empty();
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
