package org.nbdcore.spi.helpers;

import java.util.concurrent.CountDownLatch;

/**
 * A thread that does nothing, and so keeps room for one. Whoever makes threads on demand has one
 * while it starts another: the last thread that the system allows the process is then never taken.
 * The JVM makes a thread to deliver a signal, and drops the signal if it cannot.
 */
public final class SpareThread implements AutoCloseable {

  /** The JVM makes it as large as it must be. */
  private static final long SMALLEST_STACK = 1;

  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread = new Thread(null, this::run, "nbd-spare", SMALLEST_STACK);

  private SpareThread() {
    thread.setDaemon(true);
  }

  /**
   * Starts a spare thread.
   *
   * @throws OutOfMemoryError if the system has no further thread
   */
  public static SpareThread start() {
    SpareThread spare = new SpareThread();
    spare.thread.start();
    return spare;
  }

  /**
   * Starts a thread, unless it were the last that the system has.
   *
   * @throws OutOfMemoryError if the thread is not started
   */
  public static void keepWhileStarting(Thread thread) {
    SpareThread spare = start();
    try {
      thread.start();
    } finally {
      spare.close();
    }
  }

  private void run() {
    try {
      closed.await();
    } catch (InterruptedException e) {
      // nobody else has a reference to this thread
    }
  }

  /** Whether the thread has not ended yet, which it does soon after {@link #close}. */
  public boolean isAlive() {
    return thread.isAlive();
  }

  /** Ends the thread. Calling it again changes nothing. */
  @Override
  public void close() {
    closed.countDown();
  }
}
