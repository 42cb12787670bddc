package org.nbdcore.metrics;

import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.nbdcore.metrics.status.Units;
import org.nbdcore.server.CompletedRequest;
import org.nbdcore.server.NbdServer;
import org.nbdcore.server.ServerConnection;
import org.nbdcore.server.ServerListener;

/**
 * Reports the throughput of each export in use at regular intervals, as human-readable lines. Add
 * it to a server as a listener, and close it after the server.
 */
public final class ProgressLog implements ServerListener, AutoCloseable {

  private final ServerMetrics metrics = new ServerMetrics();
  private final BiConsumer<String, String> log;
  private final boolean connections;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(ProgressLog::thread);
  private final Map<ExportMetrics, Sample> before = new HashMap<>(); // guarded by this
  private long reportedNanos; // guarded by this

  /** The counters of an export at one time. */
  private record Sample(long read, long written, long requests, long position) {

    static final Sample NONE = new Sample(0, 0, 0, 0);

    static Sample of(Totals totals, long position) {
      return new Sample(totals.bytesRead(), totals.bytesWritten(), totals.requests(), position);
    }
  }

  ProgressLog(boolean connections, BiConsumer<String, String> log, long startNanos) {
    this.connections = connections;
    this.log = log;
    this.reportedNanos = startNanos;
  }

  /**
   * Starts the reports.
   *
   * @param interval between two lines about one export
   * @param connections true to also report each connection that ends
   * @param log receives the name of an export and a line about it; called on any thread
   */
  public static ProgressLog start(
      Duration interval, boolean connections, BiConsumer<String, String> log) {
    ProgressLog progress = new ProgressLog(connections, log, System.nanoTime());
    long nanos = interval.toNanos();
    progress.timer.scheduleAtFixedRate(
        () -> progress.report(System.nanoTime()), nanos, nanos, TimeUnit.NANOSECONDS);
    return progress;
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "nbd-progress");
    thread.setDaemon(true);
    return thread;
  }

  /** Reports each export that has clients, or had requests since the last report. */
  synchronized void report(long nowNanos) {
    double seconds = Math.max(1, nowNanos - reportedNanos) / 1e9;
    reportedNanos = nowNanos;
    for (ExportMetrics export : metrics.exports()) {
      Totals totals = export.totals();
      Sample now = Sample.of(totals, export.position());
      Sample last = before.getOrDefault(export, Sample.NONE);
      before.put(export, now);
      int clients = export.connections().size();
      if (clients > 0 || now.requests() > last.requests()) {
        log.accept(export.name(), line(export, totals, clients, last, now, seconds));
      }
    }
  }

  private static String line(
      ExportMetrics export, Totals totals, int clients, Sample last, Sample now, double seconds) {
    return String.format(
        Locale.ROOT,
        "progress: export '%s': read %s (%s), written %s (%s), %d requests, %d errors, %d %s%s",
        export.name(),
        Units.rate((now.read() - last.read()) / seconds),
        Units.bytes(now.read()),
        Units.rate((now.written() - last.written()) / seconds),
        Units.bytes(now.written()),
        now.requests(),
        totals.errors(),
        clients,
        clients == 1 ? "connection" : "connections",
        position(export.size(), last.position(), now.position(), seconds));
  }

  /** The position of the clients and the remaining time; empty if unknown. */
  private static String position(long size, long last, long now, double seconds) {
    if (now <= 0 || now > size) {
      return "";
    }
    String reached =
        String.format(Locale.ROOT, ", at %d %% of %s", percent(now, size), Units.bytes(size));
    double speed = (now - last) / seconds;
    return speed > 0 && now < size
        ? reached + ", " + Units.time((long) Math.ceil((size - now) / speed)) + " left"
        : reached;
  }

  /** A percentage, rounded down, so that 100 means complete. */
  private static long percent(long part, long size) {
    return (long) (100.0 * part / size);
  }

  @Override
  public void serverStarting(NbdServer server) {
    metrics.serverStarting(server);
  }

  @Override
  public void connectionOpened(ServerConnection connection) {
    metrics.connectionOpened(connection);
  }

  @Override
  public void exportOpened(ServerConnection connection) {
    metrics.exportOpened(connection);
  }

  @Override
  public void requestCompleted(ServerConnection connection, CompletedRequest request) {
    metrics.requestCompleted(connection, request);
  }

  @Override
  public void connectionClosed(ServerConnection connection, String reason) {
    Optional<ConnectionMetrics> ended =
        metrics.connections().stream().filter(one -> one.connection == connection).findFirst();
    metrics.connectionClosed(connection, reason);
    if (connections && ended.isPresent() && connection.exportName().isPresent()) {
      ended(connection.exportName().get(), ended.get(), reason);
    }
  }

  private void ended(String export, ConnectionMetrics connection, String reason) {
    Totals totals = connection.totals();
    long nanos = connection.openNanos();
    double seconds = Math.max(1, nanos) / 1e9;
    log.accept(
        export,
        String.format(
            Locale.ROOT,
            "progress: export '%s': connection %d ended after %s: read %s (%s), written %s (%s),"
                + " %d requests, %d errors: %s",
            export,
            connection.connection.number(),
            Units.time((long) seconds),
            Units.bytes(totals.bytesRead()),
            Units.rate(totals.bytesRead() / seconds),
            Units.bytes(totals.bytesWritten()),
            Units.rate(totals.bytesWritten() / seconds),
            totals.requests(),
            totals.errors(),
            reason));
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
