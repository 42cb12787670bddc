package org.nbdcore.plugin.vddk;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import org.nbdcore.spi.CounterSink;
import org.nbdcore.spi.Log;

/** The number of calls of each function, their total time, and the bytes that they transferred. */
final class CallStats {

  private static final VddkFunction[] FUNCTIONS = VddkFunction.values();

  private final CallTotals totals = new CallTotals(FUNCTIONS.length);
  private final LongAdder[] bytes = adders();

  private static LongAdder[] adders() {
    LongAdder[] adders = new LongAdder[FUNCTIONS.length];
    Arrays.setAll(adders, i -> new LongAdder());
    return adders;
  }

  private final CrashNote note = new CrashNote();

  /** The message that is written if the process crashes in a call. */
  CrashNote note() {
    return note;
  }

  /**
   * Starts a call, which {@link #count} ends. Returns the time. An asynchronous call ends with its
   * completion.
   */
  long begin(VddkFunction function) {
    note.begin(function);
    return System.nanoTime();
  }

  /** Counts a call that began at {@code startNanos}, by {@link System#nanoTime}. */
  void count(VddkFunction function, long startNanos) {
    count(function, startNanos, 0);
  }

  /** Counts a call that moved {@code size} bytes. */
  void count(VddkFunction function, long startNanos, long size) {
    note.end(function);
    totals.ended(function, startNanos);
    bytes[function.ordinal()].add(size);
  }

  /** Counts a call whose result was an error. */
  void failed(VddkFunction function) {
    totals.failed(function);
  }

  long calls(VddkFunction function) {
    return totals.calls(function);
  }

  /** Reports all functions that were called. */
  void report(CounterSink sink) {
    for (VddkFunction function : FUNCTIONS) {
      totals.report(sink, "", "of VDDK", function, function.shortName());
    }
  }

  /** Logs the table, slowest first, without functions that were not called. */
  void show(Log log) {
    log.debug("VDDK function stats (-D vddk.stats=1):");
    log.debug(
        String.format(
            Locale.ROOT, "%-24s %15s %5s %15s", "VixDiskLib_...", "us", "calls", "bytes"));
    List<VddkFunction> slowestFirst =
        Arrays.stream(FUNCTIONS)
            .filter(function -> calls(function) > 0)
            .sorted(Comparator.comparingLong(f -> -totals.nanos(f)))
            .toList();
    for (VddkFunction function : slowestFirst) {
      log.debug(
          String.format(
              Locale.ROOT,
              "  %-22s %15d %5d %15s",
              function.shortName(),
              totals.nanos(function) / 1000,
              calls(function),
              function.countsBytes() ? Long.toString(bytes[function.ordinal()].sum()) : ""));
    }
  }
}
