package org.nbdcore.server;

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
   * Called for each extent of a block status reply, before the server sends the reply. Clients that
   * copy a disk query the extents of the whole disk, part by part, and then read the ranges with
   * data. The last extent of a reply may end after the requested range. If the client then requests
   * that part too, it is reported again.
   *
   * @param offset in bytes
   * @param length in bytes
   * @param data false if the range reads as zeroes
   */
  default void extentReported(
      ServerConnection connection, long offset, long length, boolean data) {}

  /**
   * Called when the result of a request is known, before the server sends the reply. This includes
   * requests that the server refused without calling the chain. Not called if the connection failed
   * before.
   */
  default void requestCompleted(ServerConnection connection, CompletedRequest request) {}

  /**
   * Called when the connection has ended and its disk is closed.
   *
   * @param reason one line of text for the user
   */
  default void connectionClosed(ServerConnection connection, String reason) {}
}
