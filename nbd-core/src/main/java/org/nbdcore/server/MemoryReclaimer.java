package org.nbdcore.server;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Gets memory back from clients that keep it, once others have waited for it: whoever holds most
 * and moves least yields first. Called by any thread.
 */
final class MemoryReclaimer {

  /** Connections that were dropped need some time to let go of their memory. */
  private static final long APART_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** As one may hold little, many go at a time. */
  private static final long AT_ONCE = 16L << 20;

  private final Collection<Connection> connections;
  private final AtomicLong last = new AtomicLong(System.nanoTime() - APART_NANOS);

  MemoryReclaimer(Collection<Connection> connections) {
    this.connections = connections;
  }

  /** Drops clients, if any stall or crawl, that hold so many bytes together. */
  void run(long wanted) {
    long before = last.get();
    long now = System.nanoTime();
    if (now - before < APART_NANOS || !last.compareAndSet(before, now)) {
      return;
    }
    List<Candidate> candidates =
        connections.stream()
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

  /** What a connection was when it was looked at: what is sorted must not change meanwhile. */
  private record Candidate(Connection connection, long held, double burden) {

    static Candidate of(Connection connection) {
      long held = connection.held();
      return new Candidate(connection, held, (double) held * connection.transferNanos());
    }
  }

  private static boolean yields(Connection connection) {
    return connection.held() > 0
        && (connection.stalledNanos() > Timeouts.STALLED.toNanos()
            || connection.transferNanos() > Timeouts.SLOW.toNanos());
  }
}
