package org.nbdcore.log;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.nbdcore.spi.Log;

/**
 * Limits the log lines of a frequent failure. It logs a limited number in each minute, and the
 * number of failures that it did not log. Safe for use by several threads.
 */
public final class Throttle {

  private static final long INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Log log;
  private final String what;
  private final int limit;
  private final LongSupplier nanoTime;

  // guarded by this
  private int logged; // in the current minute
  private long intervalStart;
  private long suppressed;

  /**
   * Logs one failure a minute.
   *
   * @param what the failed action, such as "accept failed"; the reason follows it
   */
  public Throttle(Log log, String what) {
    this(log, what, 1);
  }

  /**
   * Logs {@code limit} failures a minute.
   *
   * @param limit maximum number of failures to log a minute
   */
  public Throttle(Log log, String what, int limit) {
    this(log, what, limit, System::nanoTime);
  }

  Throttle(Log log, String what, int limit, LongSupplier nanoTime) {
    this.log = log;
    this.what = what;
    this.limit = limit;
    this.nanoTime = nanoTime;
  }

  /** Logs a failure, or only counts it. */
  public synchronized void failed(String reason) {
    long now = nanoTime.getAsLong();
    if (logged == 0 || now - intervalStart >= INTERVAL_NANOS) {
      logged = 0;
      intervalStart = now;
    }
    if (logged == limit) {
      suppressed++;
      return;
    }
    String others =
        suppressed == 0 ? "" : " (and " + suppressed + " times more since this was last logged)";
    logged++;
    suppressed = 0;
    log.error(what + ": " + reason + others);
  }

  /**
   * Logs the number of failures that were only counted. Call it when no further failure can come.
   */
  public synchronized void end() {
    if (suppressed > 0) {
      log.error(what + ": " + suppressed + " times more");
      suppressed = 0;
    }
  }
}
