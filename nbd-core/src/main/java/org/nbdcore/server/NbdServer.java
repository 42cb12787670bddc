package org.nbdcore.server;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.List;
import org.nbdcore.chain.Chain;

/**
 * A running NBD server: it accepts connections on its own threads until it is stopped.
 *
 * <p>Closing it, or {@link #stop}, finishes the requests in progress, closes every connection and
 * then the chain.
 */
public final class NbdServer implements AutoCloseable {

  private NbdServer() {}

  /**
   * Starts the chain, binds every address and begins to accept.
   *
   * @param chain what to serve; the server closes it, also where this method throws
   * @throws IOException if the chain does not start or an address cannot be bound; nothing is left
   *     behind
   */
  public static NbdServer start(Chain chain, ServerOptions options) throws IOException {
    throw new IOException("being written");
  }

  /** Where the server listens, with the port numbers that the system chose. */
  public List<SocketAddress> addresses() {
    return List.of();
  }

  /** Asks the server to stop and returns at once; safe to call from any thread, many times. */
  public void stop() {}

  /** Waits until the server has stopped, by {@link #stop} or by itself, and all is closed. */
  public void awaitStopped() throws InterruptedException {}

  /** Stops, and waits until all is closed. */
  @Override
  public void close() {}
}
