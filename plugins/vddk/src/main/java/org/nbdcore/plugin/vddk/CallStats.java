package org.nbdcore.plugin.vddk;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import org.nbdcore.spi.Log;

/** How long each function took, how often it was called, and the bytes it moved. */
final class CallStats {

  private static final VddkFunction[] FUNCTIONS = VddkFunction.values();

  private final LongAdder[] nanos = adders();
  private final LongAdder[] calls = adders();
  private final LongAdder[] bytes = adders();

  private static LongAdder[] adders() {
    LongAdder[] adders = new LongAdder[FUNCTIONS.length];
    Arrays.setAll(adders, i -> new LongAdder());
    return adders;
  }

  private final CrashNote note = new CrashNote();

  /** The note that is written if the process crashes in a call. */
  CrashNote note() {
    return note;
  }

  /**
   * Begins a call, which {@link #count} ends, and answers the time. An asynchronous call ends with
   * its completion.
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
    int at = function.ordinal();
    nanos[at].add(System.nanoTime() - startNanos);
    calls[at].increment();
    bytes[at].add(size);
  }

  long calls(VddkFunction function) {
    return calls[function.ordinal()].sum();
  }

  /** Shows the table, slowest first, without what was not called. */
  void show(Log log) {
    log.debug("VDDK function stats (-D vddk.stats=1):");
    log.debug(
        String.format(
            Locale.ROOT, "%-24s %15s %5s %15s", "VixDiskLib_...", "us", "calls", "bytes"));
    List<VddkFunction> slowestFirst =
        Arrays.stream(FUNCTIONS)
            .filter(function -> calls(function) > 0)
            .sorted(Comparator.comparingLong(f -> -nanos[f.ordinal()].sum()))
            .toList();
    for (VddkFunction function : slowestFirst) {
      int at = function.ordinal();
      log.debug(
          String.format(
              Locale.ROOT,
              "  %-22s %15d %5d %15s",
              function.shortName(),
              nanos[at].sum() / 1000,
              calls[at].sum(),
              function.countsBytes() ? Long.toString(bytes[at].sum()) : ""));
    }
  }
}
