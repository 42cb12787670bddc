package org.nbdcore.metrics;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The counters of one export: those of its open connections, and the sums of those that have ended.
 *
 * <p>The monitor guards every field, so a connection that ends counts exactly once.
 */
final class ExportMetrics {

  private final String name;
  private final Set<ConnectionMetrics> open = new LinkedHashSet<>();
  private final Totals ended = new Totals();
  private long opened;
  private long size;

  ExportMetrics(String name) {
    this.name = name;
  }

  /** The name in labels and on the status page. */
  String name() {
    return name;
  }

  synchronized void opened(ConnectionMetrics connection) {
    open.add(connection);
    opened++;
    size = connection.connection.exportSize().orElse(size);
  }

  synchronized void closed(ConnectionMetrics connection) {
    if (open.remove(connection)) {
      connection.addTo(ended);
    }
  }

  /** The counts of all connections so far. */
  synchronized Totals totals() {
    Totals totals = new Totals();
    totals.add(ended);
    open.forEach(connection -> connection.addTo(totals));
    return totals;
  }

  /** Connections that were opened since the start. */
  synchronized long openedConnections() {
    return opened;
  }

  /** The connections that are open now. */
  synchronized List<ConnectionMetrics> connections() {
    return List.copyOf(open);
  }

  /** Size in bytes when it was last opened; 0 if it never was. */
  synchronized long size() {
    return size;
  }

  /** The end of the highest range that an open connection has read or written; 0 without one. */
  synchronized long position() {
    long highest = 0;
    for (ConnectionMetrics connection : open) {
      highest = Math.max(highest, connection.position());
    }
    return highest;
  }

  /** Bytes of data in the extents that the clients of open connections have queried. */
  synchronized long data() {
    return open.stream().mapToLong(ConnectionMetrics::data).sum();
  }

  /** Bytes that these clients have read. */
  synchronized long dataRead() {
    return open.stream().mapToLong(ConnectionMetrics::bytesRead).sum();
  }

  /** Requests in progress. */
  synchronized long requestsInProgress() {
    long sum = 0;
    for (ConnectionMetrics connection : open) {
      sum += connection.connection.requestsInProgress();
    }
    return sum;
  }
}
