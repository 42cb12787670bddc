package org.nbdcore.plugin.vddk;

import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;
import org.nbdcore.spi.CounterSink;

/** The number of calls and failures of each function, and their total time. */
final class CallTotals {

  private final LongAdder[] nanos;
  private final LongAdder[] calls;
  private final LongAdder[] errors;

  /**
   * @param functions number of functions
   */
  CallTotals(int functions) {
    nanos = adders(functions);
    calls = adders(functions);
    errors = adders(functions);
  }

  private static LongAdder[] adders(int count) {
    LongAdder[] adders = new LongAdder[count];
    Arrays.setAll(adders, i -> new LongAdder());
    return adders;
  }

  /** Counts a call that began at {@code startNanos}, by {@link System#nanoTime}, and ends now. */
  void ended(Enum<?> function, long startNanos) {
    nanos[function.ordinal()].add(System.nanoTime() - startNanos);
    calls[function.ordinal()].increment();
  }

  /** Counts a call that has failed; {@link #ended} counts it too. */
  void failed(Enum<?> function) {
    errors[function.ordinal()].increment();
  }

  long nanos(Enum<?> function) {
    return nanos[function.ordinal()].sum();
  }

  long calls(Enum<?> function) {
    return calls[function.ordinal()].sum();
  }

  /**
   * Reports one function, unless it was never called.
   *
   * @param prefix of the names of the counters
   * @param what description of the called library, for help texts
   */
  void report(CounterSink sink, String prefix, String what, Enum<?> function, String name) {
    if (calls(function) == 0) {
      return;
    }
    String label = "call";
    sink.counter(prefix + "calls", "Calls " + what + ".", label, name, calls(function));
    sink.counter(
        prefix + "call_seconds",
        "Time of the calls " + what + "; asynchronous ones until their completion.",
        label,
        name,
        nanos(function) / 1e9);
    sink.counter(
        prefix + "call_errors",
        "Calls " + what + " that failed.",
        label,
        name,
        errors[function.ordinal()].sum());
  }
}
