package org.nbdcore.metrics;

import java.net.SocketAddress;
import java.security.Principal;
import java.util.Optional;
import java.util.OptionalLong;
import org.nbdcore.server.ServerConnection;

/** A connection to an export, without a server. */
record FakeConnection(long number, String name) implements ServerConnection {

  @Override
  public Optional<SocketAddress> peer() {
    return Optional.empty();
  }

  @Override
  public Optional<Principal> tlsPrincipal() {
    return Optional.empty();
  }

  @Override
  public boolean tls() {
    return false;
  }

  @Override
  public Optional<String> exportName() {
    return Optional.of(name);
  }

  @Override
  public OptionalLong exportSize() {
    return OptionalLong.of(1 << 20);
  }

  @Override
  public long requestsInProgress() {
    return 0;
  }

  @Override
  public void disconnect(String reason) {}
}
