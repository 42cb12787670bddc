package org.nbdcore.testkit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Completion;

/** Waits for the end of what a device has begun, as the server does. For use once. */
public final class Ending implements Completion {

  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

  private Outcome outcome; // this and the rest are guarded by this
  private int times;
  private boolean begun; // the caller's

  /** Writes: begins it and waits if the device prefers that, else calls it. */
  static Ending write(BlockDevice device, ByteBuffer src, long offset, int flags)
      throws IOException {
    Ending ending = new Ending();
    if (src.isDirect() && device.asynchronous() && device.beginWrite(src, offset, flags, ending)) {
      ending.begun = true;
      ending.check();
    } else {
      device.write(src, offset, flags);
    }
    return ending;
  }

  /** Reads in the same way. */
  static Ending read(BlockDevice device, ByteBuffer dst, long offset) throws IOException {
    int end = dst.limit();
    Ending ending = new Ending();
    if (dst.isDirect() && device.asynchronous() && device.beginRead(dst, offset, ending)) {
      ending.begun = true;
      ending.check();
      dst.limit(end).position(end);
    } else {
      device.read(dst, offset);
    }
    return ending;
  }

  /** Checks once more, later: the end of what was begun was told once, of anything else never. */
  void checkTimes() {
    int expected = begun ? 1 : 0;
    if (times() != expected) {
      throw new AssertionError(
          "an operation that was "
              + (begun ? "" : "not ")
              + "begun has ended "
              + times()
              + " times");
    }
  }

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
