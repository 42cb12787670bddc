package org.nbdcore.log;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.nbdcore.spi.Log;

/**
 * Logs one kind of failure that may come thousands of times: the first time in full, then at most
 * once a minute, with how many there were meanwhile. For any thread.
 */
public final class Throttle {

  private static final long INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Log log;
  private final String what;
  private final LongSupplier nanoTime;

  // guarded by this
  private boolean said;
  private long lastNanos;
  private long untold;

  /**
   * Nothing is logged yet.
   *
   * @param what failed; the reason is put behind it
   */
  public Throttle(Log log, String what) {
    this(log, what, System::nanoTime);
  }

  Throttle(Log log, String what, LongSupplier nanoTime) {
    this.log = log;
    this.what = what;
    this.nanoTime = nanoTime;
  }

  /** Logs that it failed, or counts it. */
  public synchronized void failed(String reason) {
    long now = nanoTime.getAsLong();
    if (said && now - lastNanos < INTERVAL_NANOS) {
      untold++;
      return;
    }
    String others = untold == 0 ? "" : " (and " + untold + " times more since this was last said)";
    said = true;
    lastNanos = now;
    untold = 0;
    log.error(what + ": " + reason + others);
  }

  /** Logs how many were only counted; to be called in the end. */
  public synchronized void end() {
    if (untold > 0) {
      log.error(what + ": " + untold + " times more");
      untold = 0;
    }
  }
}
