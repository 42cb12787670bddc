package org.nbdcore.server;

import java.net.SocketAddress;
import java.security.Principal;
import java.util.Optional;
import java.util.OptionalLong;

/** A client's connection, for a {@link ServerListener}. Thread-safe. */
public interface ServerConnection {

  /** Returns the connection's number, counted from 1. Log messages contain it. */
  long number();

  /** Returns the client's address; empty if the client has none, as on a Unix socket. */
  Optional<SocketAddress> peer();

  /**
   * Returns the name in the client's certificate, or the name of its pre-shared key; empty if the
   * server did not verify it.
   */
  Optional<Principal> tlsPrincipal();

  /** Returns true if the connection is encrypted. */
  boolean tls();

  /** Returns the export that the client has opened; empty during the handshake. */
  Optional<String> exportName();

  /** Returns the size of the opened export in bytes; empty during the handshake. */
  OptionalLong exportSize();

  /**
   * Returns the number of requests that the server has received and that have no result yet. The
   * value is approximate while requests arrive. Always 0 if the server has no {@link
   * ServerListener}.
   */
  long requestsInProgress();

  /**
   * Disconnects the client at once. Requests in progress get no reply.
   *
   * @param reason for the log and for {@link ServerListener#connectionClosed}
   */
  void disconnect(String reason);
}
