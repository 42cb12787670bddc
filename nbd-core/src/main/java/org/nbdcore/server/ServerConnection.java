package org.nbdcore.server;

import java.net.SocketAddress;
import java.security.Principal;
import java.util.Optional;

/** A client's connection, as a {@link ServerListener} sees it. Any thread may use it. */
public interface ServerConnection {

  /** Its number, counted from 1; log messages name it. */
  long number();

  /** The client's address; empty for a client that has none, as at a Unix socket. */
  Optional<SocketAddress> peer();

  /** The name in the client's certificate or of its pre-shared key, if it was checked. */
  Optional<Principal> tlsPrincipal();

  /** True if the connection is encrypted. */
  boolean tls();

  /** The export that the client has opened; empty during the handshake. */
  Optional<String> exportName();

  /**
   * Disconnects the client at once; requests in progress get no reply.
   *
   * @param reason for the log and for {@link ServerListener#connectionClosed}
   */
  void disconnect(String reason);
}
