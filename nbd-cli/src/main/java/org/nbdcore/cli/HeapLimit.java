package org.nbdcore.cli;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Keeps the heap close to the size of its live objects. The serial collector collects old objects
 * only when the heap cannot grow further, at a quarter of the machine's memory. Until then, objects
 * that die old, for example in a cache, use more and more memory. So this class starts a collection
 * when the garbage exceeds the live objects, and the JVM then returns free memory to the system.
 */
final class HeapLimit implements Runnable {

  /** The launcher sets this property if it has selected the collector. */
  private static final String WANTED = "nbdcore.heap";

  /** Minimum garbage that is worth a collection. */
  private static final long FREE_BYTES = 32L << 20;

  private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private long living = used();

  private HeapLimit() {}

  /** Starts the thread that watches the heap. */
  static void begin() {
    if (System.getProperty(WANTED) != null) {
      OptionalThread.start("nbd-heap", new HeapLimit());
    }
  }

  @Override
  public void run() {
    while (true) {
      LockSupport.parkNanos(this, PERIOD_NANOS);
      if (used() > limit(living)) {
        System.gc();
        living = used();
      }
    }
  }

  /**
   * The used bytes above which the heap is collected.
   *
   * @param living live bytes after the last collection
   */
  static long limit(long living) {
    return 2 * living + FREE_BYTES;
  }

  private static long used() {
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
