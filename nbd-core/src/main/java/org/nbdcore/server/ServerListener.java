package org.nbdcore.server;

import java.util.Optional;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.helpers.RequestType;

/**
 * Hears of connections and requests of a server. Implement the methods that you need; {@link
 * ServerBuilder#listener} adds the listener. A server without a listener pays nothing for this.
 *
 * <p>Many threads call these methods, those of one connection in the order in which they stand
 * here. Do not block, because the client waits meanwhile. The server logs an exception and carries
 * on.
 */
public interface ServerListener {

  /** A client has connected; the handshake begins. */
  default void connectionOpened(ServerConnection connection) {}

  /** The client has opened {@link ServerConnection#exportName}; requests may follow. */
  default void exportOpened(ServerConnection connection) {}

  /**
   * The result of a request is known, also of one that the server refused without asking the chain.
   * The reply is about to be sent. Not called for a request whose connection broke before.
   *
   * @param offset in bytes; 0 for a flush
   * @param length in bytes; 0 for a flush
   * @param error the error in the reply; empty if the request succeeded
   * @param nanos since the server read the header of the request, with the time in queues
   */
  default void requestCompleted(
      ServerConnection connection,
      RequestType type,
      long offset,
      long length,
      Optional<NbdError> error,
      long nanos) {}

  /**
   * The connection has ended, and its disk is closed.
   *
   * @param reason a line for people
   */
  default void connectionClosed(ServerConnection connection, String reason) {}
}
