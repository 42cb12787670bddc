package org.nbdcore.spi.helpers;

import java.util.concurrent.CountDownLatch;

/**
 * A thread that does nothing, to reserve one of the threads that the system allows the process.
 * Code that creates threads on demand holds a spare thread while it starts another. So it never
 * uses the last thread that the system allows. The JVM needs that one: it creates a thread to
 * handle a signal, and ignores the signal if it cannot.
 */
public final class SpareThread implements AutoCloseable {

  /** The JVM increases this to its minimum. */
  private static final long SMALLEST_STACK = 1;

  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread = new Thread(null, this::run, "nbd-spare", SMALLEST_STACK);

  private SpareThread() {
    thread.setDaemon(true);
  }

  /**
   * Starts a spare thread.
   *
   * @throws OutOfMemoryError if the system allows no further thread
   */
  public static SpareThread start() {
    SpareThread spare = new SpareThread();
    spare.thread.start();
    return spare;
  }

  /**
   * Starts a thread, unless it would be the last that the system allows.
   *
   * @throws OutOfMemoryError if the thread is not started
   */
  public static void startUnlessLast(Thread thread) {
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
      // does not happen: no other code has a reference to this thread
    }
  }

  /** False once the thread has ended, soon after {@link #close}. */
  public boolean isAlive() {
    return thread.isAlive();
  }

  /** Ends the thread. Calling it again changes nothing. */
  @Override
  public void close() {
    closed.countDown();
  }
}
