package org.nbdcore.metrics;

import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.nbdcore.metrics.status.ServerStatus;
import org.nbdcore.metrics.status.ServerStatus.ConnectionView;
import org.nbdcore.metrics.status.ServerStatus.ExportView;
import org.nbdcore.metrics.status.ServerStatus.MessageView;
import org.nbdcore.server.ExportStatus;
import org.nbdcore.server.NbdServer;

/**
 * Samples the counters of a server at regular intervals, and describes the server for the status
 * page. The monitor guards the histories.
 */
final class StatusSampler {

  /** Interval between two samples. */
  static final Duration INTERVAL = Duration.ofSeconds(2);

  private static final double SECONDS = INTERVAL.toMillis() / 1000.0;

  private final ServerMetrics metrics;
  private final String name;
  private final boolean actions;
  private final Instant started = Instant.now();
  private final Throughput all = new Throughput();
  private final Map<ExportMetrics, Throughput> byExport = new HashMap<>();

  /**
   * Creates a sampler without samples.
   *
   * @param name of the server, for the title of the page
   * @param actions whether a token allows actions
   */
  StatusSampler(ServerMetrics metrics, String name, boolean actions) {
    this.metrics = metrics;
    this.name = name;
    this.actions = actions;
  }

  /** Takes one sample of each counter. Call it once in each interval. */
  synchronized void sample() {
    long read = 0;
    long written = 0;
    for (ExportMetrics export : metrics.exports()) {
      Totals totals = export.totals();
      read += totals.bytesRead();
      written += totals.bytesWritten();
      byExport
          .computeIfAbsent(export, unknown -> new Throughput())
          .sample(totals.bytesRead(), totals.bytesWritten(), export.position());
    }
    all.sample(read, written, 0);
  }

  /** Returns the current status. */
  synchronized ServerStatus status() {
    Readiness readiness = Readiness.of(metrics);
    Instant now = Instant.now();
    Optional<NbdServer> server = metrics.server();
    return new ServerStatus(
        MetricsVersion.own(),
        name,
        server
            .map(NbdServer::state)
            .orElse(NbdServer.State.STARTING)
            .name()
            .toLowerCase(Locale.ROOT),
        readiness.ready() ? "" : readiness.reason(),
        actions,
        Duration.between(started, now).toSeconds(),
        server.map(NbdServer::memoryInUse).orElse(0L),
        server.map(NbdServer::memoryLimit).orElse(0L),
        ManagementFactory.getThreadMXBean().getThreadCount(),
        SECONDS,
        all.rates(SECONDS),
        exports(),
        metrics.connections().stream().map(connection -> view(connection, now)).toList(),
        metrics.messages().newestFirst().stream().map(message -> view(message, now)).toList());
  }

  private List<ExportView> exports() {
    Map<String, ExportStatus> listed = new HashMap<>();
    metrics.listed().forEach(export -> listed.put(export.name(), export));
    List<ExportView> views = new ArrayList<>();
    for (ExportMetrics export : metrics.exports()) {
      views.add(view(export, Optional.ofNullable(listed.get(export.name()))));
    }
    return views;
  }

  private ExportView view(ExportMetrics export, Optional<ExportStatus> listed) {
    Totals totals = export.totals();
    Throughput throughput = byExport.getOrDefault(export, new Throughput());
    long position = export.position();
    return new ExportView(
        export.name(),
        listed.map(ExportStatus::description).orElse(""),
        listed
            .map(ExportStatus::state)
            .orElse(ExportStatus.State.RUNNING)
            .name()
            .toLowerCase(Locale.ROOT)
            .replace('_', ' '),
        listed.flatMap(ExportStatus::failure).orElse(null),
        export.connections().size(),
        export.size(),
        position,
        export.data(),
        export.dataRead(),
        throughput.secondsLeft(export.size(), position, SECONDS),
        totals.requests(),
        totals.errors(),
        export.requestsInProgress(),
        totals.bytesRead(),
        totals.bytesWritten(),
        throughput.rates(SECONDS));
  }

  private static ConnectionView view(ConnectionMetrics metrics, Instant now) {
    Totals totals = metrics.totals();
    return new ConnectionView(
        metrics.connection.number(),
        metrics.connection.peer().map(StatusSampler::shown).orElse("Unix socket"),
        metrics.connection.tlsPrincipal().map(Principal::getName).orElse(null),
        metrics.connection.tls(),
        metrics.connection.exportName().orElse(null),
        Duration.between(metrics.since, now).toSeconds(),
        metrics.position(),
        totals.requests(),
        totals.errors(),
        metrics.connection.requestsInProgress(),
        totals.bytesRead(),
        totals.bytesWritten());
  }

  private static String shown(SocketAddress peer) {
    if (peer instanceof InetSocketAddress inet) {
      String host = inet.getAddress().getHostAddress();
      return (host.contains(":") ? "[" + host + "]" : host) + ":" + inet.getPort();
    }
    return "Unix socket";
  }

  private static MessageView view(RecentMessages.Message message, Instant now) {
    return new MessageView(
        Math.max(0, Duration.between(message.time(), now).toSeconds()),
        message.level().name().toLowerCase(Locale.ROOT),
        message.text());
  }
}
