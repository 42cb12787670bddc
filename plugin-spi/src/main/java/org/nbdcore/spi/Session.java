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

  /** Whether the server serves for reading only, as it was started with {@code -r}. */
  default boolean readOnly() {
    return false;
  }

  /** The client's address; for a Unix socket usually an unnamed one. */
  Optional<SocketAddress> peer();

  /** The client's user id, known on Unix sockets only. */
  default OptionalInt peerUid() {
    return OptionalInt.empty();
  }

  /** The client's group id, known on Unix sockets only. */
  default OptionalInt peerGid() {
    return OptionalInt.empty();
  }

  /** The client's process id, known on Unix sockets only. */
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
   * Call this between the steps of a long request: a client can request a range of 1 EiB with 32
   * bytes. After the client has disconnected, or if the server stops, the rest of the request is
   * useless. Costs no more than {@link #connected}.
   *
   * @throws NbdException with {@link NbdError#ESHUTDOWN} unless {@link #connected}
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
   * @param force whether to drop it at once; otherwise requests in progress are answered first and
   *     later ones are refused with {@link NbdError#ESHUTDOWN}
   */
  void disconnect(boolean force);

  /** Asks the server to stop as if by SIGTERM. Returns at once. */
  void shutdownServer();
}
