package org.nbdcore.nfc;

import java.net.SocketTimeoutException;
import java.time.Duration;

/** The time by which an operation must be complete. */
final class Deadline {

  private final long nanos;
  private final String what;

  private Deadline(long nanos, String what) {
    this.nanos = nanos;
    this.what = what;
  }

  static Deadline after(Duration time, String what) {
    return new Deadline(System.nanoTime() + time.toNanos(), what);
  }

  /** Returns the milliseconds that are left, at least 1. */
  long millisLeft() throws SocketTimeoutException {
    long left = nanos - System.nanoTime();
    if (left <= 0) {
      throw new SocketTimeoutException("timed out: " + what);
    }
    return Math.max(1, left / 1_000_000);
  }
}
