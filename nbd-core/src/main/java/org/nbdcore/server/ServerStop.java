package org.nbdcore.server;

import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nbdcore.log.ServerLog;
import org.nbdcore.spi.helpers.Uninterruptibles;

/**
 * Stops a server. Any thread may request the stop; a separate thread carries it out once. That
 * thread is created with the server, because the system may not allow a new thread later.
 */
final class ServerStop {

  private final Supplier<String> shutDown;
  private final Runnable afterwards;
  private final Thread thread = new Thread(this::run, "nbd-shutdown");
  private final AtomicBoolean requested = new AtomicBoolean();
  private final CountDownLatch wake = new CountDownLatch(1);
  private final CountDownLatch over = new CountDownLatch(1);
  private volatile @Nullable String hanging;

  /**
   * Prepares a stop.
   *
   * @param shutDown closes everything; returns what still hangs, or null
   * @param afterwards called after {@code shutDown}
   */
  ServerStop(Supplier<String> shutDown, Runnable afterwards) {
    this.shutDown = shutDown;
    this.afterwards = afterwards;
  }

  /** Starts the thread, which waits. */
  void startThread() {
    thread.start();
  }

  /** Ends the thread without a stop, because the start of the server has failed. */
  void cancel() {
    wake.countDown();
  }

  /** Requests the stop. */
  void request() {
    if (requested.compareAndSet(false, true)) {
      wake.countDown();
    }
  }

  /** True if a stop was requested, or the start has failed. */
  boolean isRequested() {
    return requested.get() || wake.getCount() == 0;
  }

  /** True if everything is closed, or the stop has timed out. */
  boolean isOver() {
    return over.getCount() == 0;
  }

  /** The things that were still in use at the end, for messages. */
  Optional<String> hanging() {
    return Optional.ofNullable(hanging);
  }

  /** Waits until the stop {@link #isOver}. */
  void await() throws InterruptedException {
    over.await();
  }

  /** Like {@link #await}, but restores an interrupt at the end instead of throwing. */
  void awaitUninterruptibly() {
    Uninterruptibles.await(over);
  }

  private void run() {
    try {
      wake.await();
    } catch (InterruptedException e) {
      return; // no other code has a reference to this thread, so this never happens
    }
    if (!requested.get()) {
      return;
    }
    String found = null;
    try {
      found = shutDown.get();
      afterwards.run();
      if (found != null) {
        ServerLog.LOG.error("the server does not end: " + found);
      }
    } catch (RuntimeException | Error e) {
      ServerLog.LOG.error("while stopping: " + e, e);
      found = found == null ? e.toString() : found;
    } finally {
      hanging = found;
      over.countDown();
    }
  }
}
