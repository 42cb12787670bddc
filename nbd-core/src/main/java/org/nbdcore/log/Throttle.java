package org.nbdcore.log;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.nbdcore.spi.Log;

/**
 * Limits the log lines of a frequent failure. It logs the first few, then as many in each later
 * minute, together with the number of failures that were not logged. For any thread.
 */
public final class Throttle {

  private static final long INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Log log;
  private final String what;
  private final int most;
  private final LongSupplier nanoTime;

  // guarded by this
  private int said; // since the minute began
  private long beganNanos;
  private long untold;

  /**
   * Nothing is logged yet; one a minute will be.
   *
   * @param what failed; the reason is put behind it
   */
  public Throttle(Log log, String what) {
    this(log, what, 1);
  }

  /**
   * The same with more.
   *
   * @param most how many are logged a minute
   */
  public Throttle(Log log, String what, int most) {
    this(log, what, most, System::nanoTime);
  }

  Throttle(Log log, String what, int most, LongSupplier nanoTime) {
    this.log = log;
    this.what = what;
    this.most = most;
    this.nanoTime = nanoTime;
  }

  /** Logs that it failed, or counts it. */
  public synchronized void failed(String reason) {
    long now = nanoTime.getAsLong();
    if (said == 0 || now - beganNanos >= INTERVAL_NANOS) {
      said = 0;
      beganNanos = now;
    }
    if (said == most) {
      untold++;
      return;
    }
    String others = untold == 0 ? "" : " (and " + untold + " times more since this was last said)";
    said++;
    untold = 0;
    log.error(what + ": " + reason + others);
  }

  /** Logs the number of failures that were only counted. Call it at the end. */
  public synchronized void end() {
    if (untold > 0) {
      log.error(what + ": " + untold + " times more");
      untold = 0;
    }
  }
}
