package org.nbdcore.spi.helpers;

import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;

/**
 * Waits that an interrupt does not end. The server never interrupts a thread, but a program that
 * embeds it may. After the wait, also one whose condition throws, the thread is interrupted again.
 */
public final class Uninterruptibles {

  private interface Wait {
    void run() throws InterruptedException;
  }

  private Uninterruptibles() {}

  /**
   * Waits until a condition is true. The caller must hold the monitor. A thread that makes the
   * condition true must hold it too, and call {@link Object#notifyAll}.
   *
   * @param condition evaluated under the monitor
   */
  public static void await(Object monitor, BooleanSupplier condition) {
    repeat(
        () -> {
          while (!condition.getAsBoolean()) {
            monitor.wait();
          }
        });
  }

  /** Waits until a latch has counted down to zero. */
  public static void await(CountDownLatch latch) {
    repeat(latch::await);
  }

  /** Waits until a thread has ended. */
  public static void join(Thread thread) {
    repeat(thread::join);
  }

  private static void repeat(Wait wait) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          wait.run();
          return;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
