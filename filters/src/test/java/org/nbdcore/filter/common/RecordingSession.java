package org.nbdcore.filter.common;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Session;

/** A connection whose time passes at once: it adds up what it was asked to sleep. */
public class RecordingSession implements Session {

  private static final AtomicLong NUMBERS = new AtomicLong();

  public final Queue<Long> slept = new ConcurrentLinkedQueue<>();
  public volatile Optional<SocketAddress> peer = Optional.empty();
  private final long number = NUMBERS.incrementAndGet();
  private volatile boolean gone;
  private volatile boolean disconnected;
  private volatile boolean forced;
  private volatile boolean shutDown;

  /** A request of this connection. */
  public final OpenRequest request(String export) {
    return OpenRequest.of(export, this);
  }

  /** The client goes: sleeping fails from here on. */
  public final void leave() {
    gone = true;
  }

  public final boolean disconnected() {
    return disconnected;
  }

  public final boolean forced() {
    return forced;
  }

  public final boolean shutDown() {
    return shutDown;
  }

  @Override
  public final long number() {
    return number;
  }

  @Override
  public final Optional<SocketAddress> peer() {
    return peer;
  }

  @Override
  public final boolean connected() {
    return !gone && !disconnected;
  }

  @Override
  public void sleep(long nanos) throws IOException {
    slept.add(nanos);
    if (gone) {
      throw new NbdException(NbdError.ESHUTDOWN, "the client has gone");
    }
  }

  @Override
  public final void disconnect(boolean force) {
    disconnected = true;
    forced = force;
  }

  @Override
  public final void shutdownServer() {
    shutDown = true;
  }
}
