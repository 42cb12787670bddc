package org.nbdcore.spi;

import java.io.IOException;
import java.net.SocketAddress;
import java.security.Principal;
import java.util.Optional;
import java.util.OptionalInt;
import javax.security.auth.x500.X500Principal;

/**
 * A client's connection and its server. A layer can query them, and ask the server to disconnect or
 * to stop.
 */
public interface Session {

  /** A session without a client: it never ends, and requests to the server have no effect. */
  Session DETACHED = new DetachedSession();

  /** The number of the connection, counted from 1; 0 if there is none. */
  long number();

  /** True if the server was started read-only ({@code -r}). */
  default boolean readOnly() {
    return false;
  }

  /** The client's address; for a Unix socket usually an unnamed one. */
  Optional<SocketAddress> peer();

  /** The client's user id; known only on Unix sockets. */
  default OptionalInt peerUid() {
    return OptionalInt.empty();
  }

  /** The client's group id; known only on Unix sockets. */
  default OptionalInt peerGid() {
    return OptionalInt.empty();
  }

  /** The client's process id; known only on Unix sockets. */
  default OptionalInt peerPid() {
    return OptionalInt.empty();
  }

  /**
   * The client's name in its TLS certificate, a {@link javax.security.auth.x500.X500Principal}, or
   * the name of its pre-shared key.
   */
  default Optional<Principal> tlsPrincipal() {
    return Optional.empty();
  }

  /** The issuer of the client's TLS certificate. */
  default Optional<X500Principal> tlsIssuer() {
    return Optional.empty();
  }

  /** False once the client has disconnected or is being disconnected. */
  boolean connected();

  /**
   * Ends a request whose client has left. Call this between the steps of a long request: a header
   * of 32 bytes can request a range of 1 EiB. It is as fast as {@link #connected}.
   *
   * @throws NbdException with {@link NbdError#ESHUTDOWN} if the client has disconnected or is being
   *     disconnected
   */
  default void requireConnected() throws NbdException {
    if (!connected()) {
      throw new NbdException(
          NbdError.ESHUTDOWN, "the request ends early, because the connection is ending");
    }
  }

  /**
   * Waits.
   *
   * @param nanos at least this long, unless the wait is cut short
   * @throws NbdException with {@link NbdError#ESHUTDOWN} as soon as the client has disconnected or
   *     the server is stopping
   */
  void sleep(long nanos) throws IOException;

  /**
   * Ends this connection.
   *
   * @param force true to close it at once. If false, the server first completes the requests in
   *     progress, and refuses later ones with {@link NbdError#ESHUTDOWN}
   */
  void disconnect(boolean force);

  /** Asks the server to stop, as SIGTERM does. Returns at once. */
  void shutdownServer();
}
