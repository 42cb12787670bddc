package org.nbdcore.testkit;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Session;

/**
 * A session without a client, with simulated time: {@link #sleep} returns at once, and {@link
 * #sleeps} lists its arguments. To act in the middle of a request, override the method of {@link
 * Session} that the layer calls then. Safe for use by several threads.
 */
public class TestSession implements Session {

  private final long number;
  private final Optional<SocketAddress> peer;
  private final List<Long> sleeps = new ArrayList<>();
  private boolean connected = true;
  private boolean forced;
  private boolean shutDown;

  /** The session of connection 1. */
  public TestSession() {
    this(1);
  }

  /** The session of the connection with this number. */
  public TestSession(long number) {
    this(number, Optional.empty());
  }

  private TestSession(long number, Optional<SocketAddress> peer) {
    this.number = number;
    this.peer = peer;
  }

  /** Returns a new session with the same number, whose client has this address. */
  public final TestSession withPeer(SocketAddress address) {
    return new TestSession(number, Optional.of(address));
  }

  /**
   * Returns a request of this client to open an export.
   *
   * @param exportName empty for the default export
   */
  public final OpenRequest request(String exportName) {
    return OpenRequest.of(exportName, this);
  }

  /** Simulates that the client disconnects: from now on, sleeping fails with an error. */
  public final synchronized void disconnectClient() {
    connected = false;
  }

  /** The durations of all completed {@link #sleep} calls, in nanoseconds and in order. */
  public final synchronized List<Long> sleeps() {
    return List.copyOf(sleeps);
  }

  /** True if a layer called {@link #disconnect} with {@code force}. */
  public final synchronized boolean droppedByForce() {
    return forced;
  }

  /** True if a layer called {@link #shutdownServer}. */
  public final synchronized boolean serverShutDown() {
    return shutDown;
  }

  @Override
  public long number() {
    return number;
  }

  @Override
  public Optional<SocketAddress> peer() {
    return peer;
  }

  @Override
  public synchronized boolean connected() {
    return connected;
  }

  @Override
  public synchronized void sleep(long nanos) throws IOException {
    if (!connected) {
      throw new NbdException(NbdError.ESHUTDOWN, "the client has gone");
    }
    sleeps.add(nanos);
  }

  @Override
  public synchronized void disconnect(boolean force) {
    connected = false;
    forced |= force;
  }

  @Override
  public synchronized void shutdownServer() {
    shutDown = true;
  }
}
