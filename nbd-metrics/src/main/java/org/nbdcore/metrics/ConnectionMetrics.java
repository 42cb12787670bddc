package org.nbdcore.metrics;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.nbdcore.server.CompletedRequest;
import org.nbdcore.server.ServerConnection;
import org.nbdcore.spi.RequestType;

/** The counters of one open connection. */
final class ConnectionMetrics {

  private static final RequestType[] TYPES = RequestType.values();

  final ServerConnection connection;
  final Instant since;
  private final RequestCounters[] counters = new RequestCounters[TYPES.length];
  private final AtomicLong position = new AtomicLong();
  private final long sinceNanos = System.nanoTime();
  private long known; // end of the extents that the client has queried; guarded by this
  private long data; // bytes of data in these extents; guarded by this
  private volatile ExportMetrics export; // null during the handshake

  ConnectionMetrics(ServerConnection connection, Instant since) {
    this.connection = connection;
    this.since = since;
    for (int i = 0; i < counters.length; i++) {
      counters[i] = new RequestCounters();
    }
  }

  /** Records that the client has opened an export. */
  void opened(ExportMetrics opened) {
    export = opened;
  }

  /** The opened export; null during the handshake. */
  ExportMetrics export() {
    return export;
  }

  /** Counts a request. */
  void completed(CompletedRequest request) {
    RequestType type = request.type();
    boolean failed = request.error().isPresent();
    counters[type.ordinal()].completed(request.length(), failed, request.nanos());
    boolean moves = type == RequestType.READ || type.modifies();
    if (moves && !failed) {
      advance(request.offset() + request.length());
    }
  }

  /**
   * Counts an extent that was reported to the client. A range that is reported again counts once.
   */
  synchronized void learned(long offset, long length, boolean holdsData) {
    long end = offset + length;
    if (end > known) {
      data += holdsData ? end - Math.max(known, offset) : 0;
      known = end;
    }
  }

  /** Bytes of data in the extents that the client has queried. */
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
