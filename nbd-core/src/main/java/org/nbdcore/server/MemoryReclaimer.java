package org.nbdcore.server;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.nbdcore.server.memory.ExportBudget;

/**
 * Frees memory for waiting requests by disconnecting stalled and slow clients, first those that
 * hold the most and transfer the least. Called by any thread.
 */
final class MemoryReclaimer {

  /**
   * Minimum interval between two runs, because dropped connections need time to release their
   * memory.
   */
  private static final long APART_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** Minimum number of bytes to free in one run, because a single connection may hold little. */
  private static final long AT_ONCE = 16L << 20;

  private final Collection<? extends MemoryHolder> connections;
  private final Turns turns = new Turns();

  MemoryReclaimer(Collection<? extends MemoryHolder> connections) {
    this.connections = connections;
  }

  /** Disconnects stalled or slow clients that together hold at least this many bytes. */
  void run(long wanted) {
    if (turns.take()) {
      run(wanted, connection -> true);
    }
  }

  /**
   * Returns the same function for one export: it disconnects only clients that use up the limit of
   * the export. Each export has its own interval between runs.
   */
  ExportBudget.Standby ofExport() {
    Turns own = new Turns();
    return (who, bytes) -> {
      if (own.take()) {
        run(bytes, connection -> connection.competesWith(who));
      }
    };
  }

  private void run(long wanted, Predicate<MemoryHolder> concerned) {
    List<Candidate> candidates =
        connections.stream()
            .filter(concerned)
            .filter(MemoryReclaimer::yields)
            .map(Candidate::of)
            .sorted(Comparator.comparingDouble(Candidate::burden).reversed())
            .toList();
    long back = 0;
    for (Candidate candidate : candidates) {
      if (back >= Math.max(wanted, AT_ONCE)) {
        return;
      }
      back += candidate.held;
      candidate.connection.drop("it has stalled or is slow, and others wait for its memory");
    }
  }

  /** Enforces the minimum interval between runs. */
  private static final class Turns {
    private final AtomicLong last = new AtomicLong(System.nanoTime() - APART_NANOS);

    boolean take() {
      long before = last.get();
      long now = System.nanoTime();
      return now - before >= APART_NANOS && last.compareAndSet(before, now);
    }
  }

  /** Snapshot of a connection, because sort keys must not change during the sort. */
  private record Candidate(MemoryHolder connection, long held, double burden) {

    static Candidate of(MemoryHolder connection) {
      long held = connection.held();
      return new Candidate(connection, held, (double) held * connection.transferNanos());
    }
  }

  private static boolean yields(MemoryHolder connection) {
    return connection.held() > 0
        && (connection.stalledNanos() > Timeouts.STALLED.toNanos()
            || connection.transferNanos() > Timeouts.SLOW.toNanos());
  }
}
