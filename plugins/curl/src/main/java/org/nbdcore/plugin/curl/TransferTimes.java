package org.nbdcore.plugin.curl;

import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import org.nbdcore.spi.Log;

/** Time spent in each phase, summed over all requests. Safe for use by many threads. */
final class TransferTimes {

  private final LongAdder requests = new LongAdder();
  private final LongAdder firstByte = new LongAdder();
  private final LongAdder transfer = new LongAdder();
  private final LongAdder redirection = new LongAdder();

  /** Time from a request to the start of its response, if that is a redirect. */
  void redirected(long nanos) {
    redirection.add(nanos);
  }

  /**
   * Time from a request, or from the end of the last redirect, to the start of the final response.
   */
  void answered(long nanos) {
    requests.increment();
    firstByte.add(nanos);
  }

  /** Time from the start of a response to its end. */
  void transferred(long nanos) {
    transfer.add(nanos);
  }

  void show(Log log) {
    log.debug("times (-D curl.times=1), " + requests + " requests:");
    show(log, "first byte received", firstByte);
    show(log, "data transfer", transfer);
    show(log, "redirection time", redirection);
  }

  private static void show(Log log, String what, LongAdder nanos) {
    log.debug(String.format(Locale.ROOT, "%-27s: %11.6f s", what, nanos.sum() / 1e9));
  }
}
