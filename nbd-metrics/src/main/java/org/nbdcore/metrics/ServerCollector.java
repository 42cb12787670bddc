package org.nbdcore.metrics;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricFamilyDescriptor;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;
import org.nbdcore.server.ExportStatus;
import org.nbdcore.server.NbdServer;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.RequestType;

/** Gives what a {@link ServerMetrics} has counted to a registry, at each scrape. */
final class ServerCollector implements MultiCollector {

  private static final String EXPORT = "export";
  private static final String TYPE = "type";

  private final ServerMetrics metrics;

  ServerCollector(ServerMetrics metrics) {
    this.metrics = metrics;
  }

  @Override
  public List<MetricFamilyDescriptor> getMetricFamilyDescriptors() {
    return Arrays.stream(Metric.values()).map(Metric::descriptor).toList();
  }

  @Override
  public MetricSnapshots collect() {
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    List<Counted> exports =
        metrics.exports().stream()
            .map(export -> new Counted(export, export.totals(), Labels.of(EXPORT, export.name())))
            .toList();
    server(all);
    exports(all, exports);
    requests(all, exports);
    metrics.server().map(LayerMetrics::of).ifPresent(layers -> layers.collect(all));
    return all.build();
  }

  /** An export with its counts at one time, so the metrics of one scrape agree. */
  private record Counted(ExportMetrics export, Totals totals, Labels labels) {}

  private void server(MetricSnapshots.Builder all) {
    all.metricSnapshot(
        InfoSnapshot.builder()
            .name(Metric.BUILD.key())
            .help(Metric.BUILD.help())
            .dataPoint(
                InfoDataPointSnapshot.builder()
                    .labels(Labels.of("version", MetricsVersion.own()))
                    .build())
            .build());
    all.metricSnapshot(gauge(Metric.READY, Readiness.of(metrics).ready() ? 1 : 0));
    all.metricSnapshot(gauge(Metric.MEMORY, server(NbdServer::memoryInUse)));
    all.metricSnapshot(gauge(Metric.MEMORY_LIMIT, server(NbdServer::memoryLimit)));
    long handshakes = metrics.connections().stream().filter(c -> c.export() == null).count();
    all.metricSnapshot(gauge(Metric.HANDSHAKES, handshakes));
    List<CounterDataPointSnapshot> messages = new ArrayList<>();
    for (Log.Level level : List.of(Log.Level.WARN, Log.Level.ERROR)) {
      Labels label = Labels.of("level", level.name().toLowerCase(Locale.ROOT));
      messages.add(point(label, metrics.messages().count(level)));
    }
    all.metricSnapshot(counter(Metric.MESSAGES, messages));
    all.metricSnapshot(
        counter(Metric.HANDSHAKES_ENDED, List.of(point(Labels.EMPTY, metrics.endedHandshakes()))));
  }

  private long server(ToLongFunction<NbdServer> figure) {
    return metrics.server().isPresent() ? figure.applyAsLong(metrics.server().get()) : 0;
  }

  private void exports(MetricSnapshots.Builder all, List<Counted> exports) {
    List<GaugeDataPointSnapshot> ready = new ArrayList<>();
    for (ExportStatus export : metrics.listed()) {
      boolean running = export.state() == ExportStatus.State.RUNNING;
      ready.add(gaugePoint(Labels.of(EXPORT, export.name()), running ? 1 : 0));
    }
    all.metricSnapshot(gauge(Metric.EXPORT_READY, ready));
    all.metricSnapshot(gauge(Metric.EXPORT_SIZE, exports, c -> c.export.size()));
    all.metricSnapshot(gauge(Metric.EXPORT_POSITION, exports, c -> c.export.position()));
    all.metricSnapshot(gauge(Metric.EXPORT_DATA, exports, c -> c.export.data()));
    all.metricSnapshot(gauge(Metric.EXPORT_DATA_READ, exports, c -> c.export.dataRead()));
    all.metricSnapshot(gauge(Metric.CONNECTIONS, exports, c -> c.export.connections().size()));
    all.metricSnapshot(gauge(Metric.IN_PROGRESS, exports, c -> c.export.requestsInProgress()));
    List<CounterDataPointSnapshot> opened = new ArrayList<>();
    for (Counted counted : exports) {
      opened.add(point(counted.labels, counted.export.openedConnections()));
    }
    all.metricSnapshot(counter(Metric.CONNECTIONS_OPENED, opened));
  }

  private static void requests(MetricSnapshots.Builder all, List<Counted> exports) {
    List<CounterDataPointSnapshot> requests = new ArrayList<>();
    List<CounterDataPointSnapshot> errors = new ArrayList<>();
    List<CounterDataPointSnapshot> bytes = new ArrayList<>();
    HistogramSnapshot.Builder durations =
        HistogramSnapshot.builder().name(Metric.DURATION.key()).help(Metric.DURATION.help());
    for (Counted counted : exports) {
      for (RequestType type : RequestType.values()) {
        RequestTotals totals = counted.totals.of(type);
        Labels labels = counted.labels.add(TYPE, type.name().toLowerCase(Locale.ROOT));
        requests.add(point(labels, totals.requests()));
        errors.add(point(labels, totals.errors()));
        bytes.add(point(labels, totals.bytes()));
        durations.dataPoint(
            HistogramDataPointSnapshot.builder()
                .labels(labels)
                .classicHistogramBuckets(buckets(totals))
                .sum(totals.nanos() / 1e9)
                .build());
      }
    }
    all.metricSnapshot(counter(Metric.REQUESTS, requests));
    all.metricSnapshot(counter(Metric.ERRORS, errors));
    all.metricSnapshot(counter(Metric.BYTES, bytes));
    all.metricSnapshot(durations.build());
  }

  private static ClassicHistogramBuckets buckets(RequestTotals totals) {
    ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
    for (int i = 0; i < RequestTotals.BUCKETS; i++) {
      buckets.bucket(RequestTotals.boundSeconds(i), totals.inBucket(i));
    }
    return buckets.build();
  }

  private static CounterDataPointSnapshot point(Labels labels, long value) {
    return CounterDataPointSnapshot.builder().labels(labels).value(value).build();
  }

  private static CounterSnapshot counter(Metric metric, List<CounterDataPointSnapshot> points) {
    CounterSnapshot.Builder builder =
        CounterSnapshot.builder().name(metric.key()).help(metric.help());
    points.forEach(builder::dataPoint);
    return builder.build();
  }

  private static GaugeDataPointSnapshot gaugePoint(Labels labels, long value) {
    return GaugeDataPointSnapshot.builder().labels(labels).value(value).build();
  }

  private static GaugeSnapshot gauge(Metric metric, long value) {
    return gauge(metric, List.of(gaugePoint(Labels.EMPTY, value)));
  }

  private static GaugeSnapshot gauge(
      Metric metric, List<Counted> exports, ToLongFunction<Counted> figure) {
    return gauge(
        metric, exports.stream().map(c -> gaugePoint(c.labels, figure.applyAsLong(c))).toList());
  }

  private static GaugeSnapshot gauge(Metric metric, List<GaugeDataPointSnapshot> points) {
    GaugeSnapshot.Builder builder = GaugeSnapshot.builder().name(metric.key()).help(metric.help());
    points.forEach(builder::dataPoint);
    return builder.build();
  }
}
