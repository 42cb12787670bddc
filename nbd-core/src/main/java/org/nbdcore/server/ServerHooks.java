package org.nbdcore.server;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Optional;

/**
 * Hooks of a program into the start of a server and into its connections. Each method may be left
 * out. If one of the first two throws, the start fails and everything is released.
 */
public interface ServerHooks {

  /** A server without any. */
  ServerHooks NONE = new ServerHooks() {};

  /**
   * Called by the starting thread when the chain runs, before the addresses are bound.
   *
   * @return further channels that are bound already, which the server closes; no files go with them
   */
  default List<ServerSocketChannel> beforeListening() throws IOException {
    return List.of();
  }

  /**
   * Called by the starting thread after all addresses are bound and before the server accepts
   * clients.
   */
  default void beforeAccepting() throws IOException {}

  /** Called by a listener's thread for each client's socket; what it throws drops the client. */
  default void accepted(SocketChannel client) throws IOException {}

  /**
   * Called when a layer first asks for the identity of a client. If it throws, the server logs the
   * exception and treats the client as unknown. Java itself cannot tell the process and the numbers
   * of user and group; {@code UnixPeer} of the artifact nbd-system-calls can.
   */
  default Optional<PeerCredentials> credentials(SocketChannel client) throws IOException {
    return Optional.empty();
  }
}
