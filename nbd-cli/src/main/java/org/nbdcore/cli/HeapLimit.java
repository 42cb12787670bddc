package org.nbdcore.cli;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Keeps the heap near what lives in it. The serial collector looks through the older objects only
 * when the heap cannot grow any more, at a quarter of the machine's memory; until then what dies
 * old, as in a cache, takes more and more. The garbage is collected once it is as much as what
 * lives, and the JVM then gives back what is free.
 */
final class HeapLimit implements Runnable {

  /** The launcher sets this property where it has chosen the collector. */
  private static final String WANTED = "nbdcore.heap";

  /** Less than this is not worth a collection. */
  private static final long FREE_BYTES = 32L << 20;

  private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private long living = used();

  private HeapLimit() {}

  /** Begins to look, on a thread of its own. */
  static void begin() {
    if (System.getProperty(WANTED) != null) {
      Thread thread = new Thread(new HeapLimit(), "nbd-heap");
      thread.setDaemon(true);
      thread.start();
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

  /** At how many bytes in use the heap is collected, if so many lived after the last collection. */
  static long limit(long living) {
    return 2 * living + FREE_BYTES;
  }

  private static long used() {
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
