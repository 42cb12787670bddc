package org.nbdcore.plugin.vddk;

import java.io.IOException;
import org.nbdcore.spi.CounterSink;

/** Counters of the requests to hosts over NFC, for all disks of a plugin. */
final class NfcCalls {

  /** The kind of request. */
  enum Kind {
    OPEN("open"),
    READ("read"),
    WRITE("write"),
    FLUSH("flush"),
    QUERY("query_allocated");

    private final String label;

    Kind(String label) {
      this.label = label;
    }
  }

  private final CallTotals totals = new CallTotals(Kind.values().length);

  /** Counts a call that began at {@code startNanos}, by {@link System#nanoTime}. */
  void ended(Kind kind, long startNanos, boolean failed) {
    totals.ended(kind, startNanos);
    if (failed) {
      totals.failed(kind);
    }
  }

  void report(CounterSink sink) {
    for (Kind kind : Kind.values()) {
      totals.report(sink, "nfc_", "of a host over NFC", kind, kind.label);
    }
  }

  /** A call that is counted. */
  interface Call<T> {
    T run() throws IOException;
  }

  /** Executes a blocking call, and counts it. */
  <T> T count(Kind kind, Call<T> call) throws IOException {
    long start = System.nanoTime();
    boolean done = false;
    try {
      T answer = call.run();
      done = true;
      return answer;
    } finally {
      ended(kind, start, !done);
    }
  }
}
