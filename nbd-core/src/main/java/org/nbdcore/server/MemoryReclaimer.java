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
  private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** Minimum number of bytes to free in one run, because a single connection may hold little. */
  private static final long MINIMUM_BYTES = 16L << 20;

  private final Collection<? extends MemoryHolder> connections;
  private final Interval interval = new Interval();

  MemoryReclaimer(Collection<? extends MemoryHolder> connections) {
    this.connections = connections;
  }

  /** Disconnects stalled or slow clients that together hold at least this many bytes. */
  void run(long wanted) {
    if (interval.elapsed()) {
      run(wanted, connection -> true);
    }
  }

  /**
   * Returns a reclaimer for one export. It disconnects only clients that use up the limit of the
   * export. Each export has its own interval between runs.
   */
  ExportBudget.Reclaimer forExport() {
    Interval own = new Interval();
    return (who, bytes) -> {
      if (own.elapsed()) {
        run(bytes, connection -> connection.competesWith(who));
      }
    };
  }

  private void run(long wanted, Predicate<MemoryHolder> eligible) {
    List<Candidate> candidates =
        connections.stream()
            .filter(eligible)
            .filter(MemoryReclaimer::isStalledOrSlow)
            .map(Candidate::of)
            .sorted(Comparator.comparingDouble(Candidate::burden).reversed())
            .toList();
    long released = 0;
    for (Candidate candidate : candidates) {
      if (released >= Math.max(wanted, MINIMUM_BYTES)) {
        return;
      }
      released += candidate.held;
      candidate.connection.drop("it has stalled or is slow, and others wait for its memory");
    }
  }

  /** Enforces the minimum interval between runs. */
  private static final class Interval {
    private final AtomicLong last = new AtomicLong(System.nanoTime() - INTERVAL_NANOS);

    boolean elapsed() {
      long before = last.get();
      long now = System.nanoTime();
      return now - before >= INTERVAL_NANOS && last.compareAndSet(before, now);
    }
  }

  /** Snapshot of a connection, because sort keys must not change during the sort. */
  private record Candidate(MemoryHolder connection, long held, double burden) {

    static Candidate of(MemoryHolder connection) {
      long held = connection.held();
      return new Candidate(connection, held, (double) held * connection.transferNanos());
    }
  }

  private static boolean isStalledOrSlow(MemoryHolder connection) {
    return connection.held() > 0
        && (connection.stalledNanos() > Timeouts.STALLED.toNanos()
            || connection.transferNanos() > Timeouts.SLOW.toNanos());
  }
}
