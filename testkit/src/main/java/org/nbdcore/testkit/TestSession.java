package org.nbdcore.testkit;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.Optional;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Session;

/**
 * A session without a client, with simulated time: {@link #sleep} returns at once, and {@link
 * #slept} adds up its arguments.
 */
public final class TestSession implements Session {

  private final long number;
  private boolean connected = true;
  private boolean forced;
  private boolean shutDown;
  private long slept;

  /** The session of connection 1. */
  public TestSession() {
    this(1);
  }

  /** The session of the connection with this number. */
  public TestSession(long number) {
    this.number = number;
  }

  /** Simulates that the client disconnects: from now on, sleeping fails with an error. */
  public synchronized void leave() {
    connected = false;
  }

  /** The total of all {@link #sleep} calls, in nanoseconds. */
  public synchronized long slept() {
    return slept;
  }

  /** True if a layer called {@link #disconnect} with {@code force}. */
  public synchronized boolean droppedByForce() {
    return forced;
  }

  /** True if a layer called {@link #shutdownServer}. */
  public synchronized boolean serverShutDown() {
    return shutDown;
  }

  @Override
  public long number() {
    return number;
  }

  @Override
  public Optional<SocketAddress> peer() {
    return Optional.empty();
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
    slept += nanos;
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
