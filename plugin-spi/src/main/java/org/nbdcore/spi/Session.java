package org.nbdcore.spi;

import java.io.IOException;
import java.net.SocketAddress;
import java.security.Principal;
import java.util.Optional;
import java.util.OptionalInt;
import javax.security.auth.x500.X500Principal;

/** A client's connection, and the server behind it, as far as a layer may ask or steer them. */
public interface Session {

  /** Stands in where no client is: it never ends, and nothing can be asked of a server. */
  Session DETACHED = new DetachedSession();

  /** The number of the connection, counted from 1; 0 where there is none. */
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
   * Who the client is by its TLS certificate, a {@link javax.security.auth.x500.X500Principal}, or
   * by the name of its pre-shared key.
   */
  default Optional<Principal> tlsPrincipal() {
    return Optional.empty();
  }

  /** Who has signed the client's TLS certificate. */
  default Optional<X500Principal> tlsIssuer() {
    return Optional.empty();
  }

  /** False once the client has gone or is being sent away. */
  boolean connected();

  /**
   * To be asked between the steps of a request that takes many, as a range of 1 EiB can be asked
   * for with 32 bytes: nobody waits for what is left of it once the client has gone, and a server
   * that is to stop does not wait either. Costs no more than {@link #connected}.
   *
   * @throws NbdException with {@link NbdError#ESHUTDOWN} unless {@link #connected}
   */
  default void requireConnected() throws NbdException {
    if (!connected()) {
      throw new NbdException(
          NbdError.ESHUTDOWN, "the rest is left undone, as the connection is ending");
    }
  }

  /**
   * Waits.
   *
   * @param nanos at least this long, unless the wait is cut short
   * @throws NbdException with {@link NbdError#ESHUTDOWN} as soon as the client has gone or the
   *     server is stopping
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
