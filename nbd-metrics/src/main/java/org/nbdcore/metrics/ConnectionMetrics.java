package org.nbdcore.metrics;

import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.nbdcore.server.ServerConnection;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.RequestType;

/** What one open connection has done. */
final class ConnectionMetrics {

  private static final RequestType[] TYPES = RequestType.values();

  final ServerConnection connection;
  final Instant since;
  private final RequestCounters[] counters = new RequestCounters[TYPES.length];
  private final AtomicLong position = new AtomicLong();
  private final long sinceNanos = System.nanoTime();
  private long known; // end of what the client has learned; guarded by this
  private long data; // bytes of that which hold data; guarded by this
  private volatile ExportMetrics export; // null during the handshake

  ConnectionMetrics(ServerConnection connection, Instant since) {
    this.connection = connection;
    this.since = since;
    for (int i = 0; i < counters.length; i++) {
      counters[i] = new RequestCounters();
    }
  }

  /** The client has opened an export. */
  void opened(ExportMetrics opened) {
    export = opened;
  }

  /** The opened export; null during the handshake. */
  ExportMetrics export() {
    return export;
  }

  /** Counts a request. */
  void completed(RequestType type, long offset, long length, Optional<NbdError> error, long nanos) {
    counters[type.ordinal()].completed(length, error.isPresent(), nanos);
    boolean moves = type == RequestType.READ || type.modifies();
    if (moves && error.isEmpty()) {
      advance(offset + length);
    }
  }

  /** Counts what the client has learned; a range that is reported again counts once. */
  synchronized void learned(long offset, long length, boolean holdsData) {
    long end = offset + length;
    if (end > known) {
      data += holdsData ? end - Math.max(known, offset) : 0;
      known = end;
    }
  }

  /** Bytes that hold data, of those that the client has learned about. */
  synchronized long data() {
    return data;
  }

  /** Bytes that were read. */
  long bytesRead() {
    return totals().bytesRead();
  }

  private void advance(long end) {
    long before = position.get();
    while (end > before && !position.compareAndSet(before, end)) {
      before = position.get();
    }
  }

  /** The end of the highest range that was read or written, in bytes. */
  long position() {
    return position.get();
  }

  /** Nanoseconds since the client connected. */
  long openNanos() {
    return System.nanoTime() - sinceNanos;
  }

  /** Adds the counts to {@code totals}. */
  void addTo(Totals totals) {
    for (RequestType type : TYPES) {
      counters[type.ordinal()].addTo(totals.of(type));
    }
  }

  /** The counts so far. */
  Totals totals() {
    Totals totals = new Totals();
    addTo(totals);
    return totals;
  }
}
