package org.nbdcore.server;

import java.util.Optional;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.RequestType;

/**
 * Observes the connections and requests of a server. Implement the methods that you need, and add
 * the listener with {@link ServerBuilder#listener}. A server without listeners has no cost for
 * this.
 *
 * <p>Many threads call these methods. For one connection, the server calls them in the order in
 * which they are declared. Do not block, because the client waits during the call. If a method
 * throws, the server logs the exception and continues.
 */
public interface ServerListener {

  /**
   * Called once, before the server starts its chains and listens. Keep the server to query its
   * state later; do not stop it in this call.
   */
  default void serverStarting(NbdServer server) {}

  /** Called when a client has connected, before the handshake. */
  default void connectionOpened(ServerConnection connection) {}

  /**
   * Called when the client has opened {@link ServerConnection#exportName}, before its first
   * request.
   */
  default void exportOpened(ServerConnection connection) {}

  /**
   * Called for each range of which a client learns whether it holds data, before the server sends
   * the reply. Clients that copy ask this for the whole disk, part by part, and read what holds
   * data. The last range of a reply may end after what the client asked for. If the client then
   * asks for that part too, it is reported again.
   *
   * @param data false if the range reads as zeroes
   */
  default void extentReported(
      ServerConnection connection, long offset, long length, boolean data) {}

  /**
   * Called when the result of a request is known, before the server sends the reply. This includes
   * requests that the server refused without a call of the chain. Not called if the connection
   * broke before.
   *
   * @param offset in bytes; 0 for a flush
   * @param length in bytes; 0 for a flush
   * @param error the error in the reply; empty if the request succeeded
   * @param nanos time since the server read the header of the request, including time in queues
   */
  default void requestCompleted(
      ServerConnection connection,
      RequestType type,
      long offset,
      long length,
      Optional<NbdError> error,
      long nanos) {}

  /**
   * Called when the connection has ended and its disk is closed.
   *
   * @param reason one line of text for the user
   */
  default void connectionClosed(ServerConnection connection, String reason) {}
}
