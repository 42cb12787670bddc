package org.nbdcore.metrics;

import org.nbdcore.metrics.status.ServerStatus.Rates;

/** The rate histories of one export or of the whole server. Not thread-safe. */
final class Throughput {

  /** Number of intervals for the average speed of a copy: one minute. */
  private static final int COPY = 30;

  private final RateHistory read = new RateHistory();
  private final RateHistory written = new RateHistory();
  private final RateHistory position = new RateHistory();

  void sample(long bytesRead, long bytesWritten, long at) {
    read.add(bytesRead);
    written.add(bytesWritten);
    position.add(at);
  }

  Rates rates(double interval) {
    return new Rates(
        read.now(interval),
        written.now(interval),
        read.history(interval),
        written.history(interval));
  }

  /** Seconds until the position reaches the end of the export; null if it does not move. */
  Long secondsLeft(long size, long at, double interval) {
    double speed = position.rate(COPY, interval);
    return at > 0 && at < size && speed > 0 ? (long) Math.ceil((size - at) / speed) : null;
  }
}
