package org.nbdcore.testkit;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.nbdcore.spi.Completion;

/** Waits for the end of what a device has begun, as the server does. For use once. */
public final class Ending implements Completion {

  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

  private Outcome outcome; // this and the rest are guarded by this
  private int times;

  @Override
  public synchronized void ended(Outcome how) {
    outcome = how;
    times++;
    notifyAll();
  }

  /** How often the end was told. */
  public synchronized int times() {
    return times;
  }

  /**
   * Waits for the end.
   *
   * @throws IOException if the operation has failed
   * @throws AssertionError if it does not end, or has ended more than once
   */
  public void check() throws IOException {
    take(PATIENCE_NANOS).check();
  }

  private synchronized Outcome take(long patience) {
    long deadline = System.nanoTime() + patience;
    try {
      while (times == 0) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          throw new AssertionError("what was begun has not ended");
        }
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting for the end", e);
    }
    if (times > 1) {
      throw new AssertionError("what was begun has ended " + times + " times");
    }
    return outcome;
  }
}
