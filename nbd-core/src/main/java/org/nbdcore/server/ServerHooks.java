package org.nbdcore.server;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Optional;

/**
 * Callbacks during the start of a server and for each connection. Every hook is optional. If {@link
 * #beforeListening} or {@link #beforeAccepting} throws, the start fails and the server closes
 * everything.
 */
public interface ServerHooks {

  /** Hooks that do nothing. */
  ServerHooks NONE = new ServerHooks() {};

  /**
   * Called by the starting thread after the chain has started, before the server binds addresses.
   *
   * @return further bound channels to listen on. The server closes them, but does not delete the
   *     files of Unix sockets
   */
  default List<ServerSocketChannel> beforeListening() throws IOException {
    return List.of();
  }

  /**
   * Called by the starting thread after all addresses are bound and before the server accepts
   * clients.
   */
  default void beforeAccepting() throws IOException {}

  /**
   * Called by a listening thread for each client's socket. If it throws, the server disconnects the
   * client.
   */
  default void accepted(SocketChannel client) throws IOException {}

  /**
   * Called when a layer first asks for the identity of a client. If it throws, the server logs the
   * exception and treats the client as unknown. The JDK cannot return the ids of process, user and
   * group; {@code UnixPeer} of the artifact nbd-system-calls can.
   */
  default Optional<PeerCredentials> credentials(SocketChannel client) throws IOException {
    return Optional.empty();
  }
}
