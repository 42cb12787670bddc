package org.nbdcore.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.nbdcore.chain.LayerCounter;
import org.nbdcore.server.NbdServer;

/**
 * A snapshot of the counters of plugins and filters. Counters of several filters with the same name
 * in a chain are added. Counters of the process are included once.
 */
final class LayerMetrics {

  private static final Pattern OTHER = Pattern.compile("[^a-z0-9_]");

  /** Values of a metric. */
  private record Family(String help, Map<Labels, Double> values) {}

  private final Map<String, Family> families = new TreeMap<>();

  private LayerMetrics() {}

  /** The counters of a server. */
  static LayerMetrics of(NbdServer server) {
    LayerMetrics metrics = new LayerMetrics();
    server
        .counters()
        .forEach((export, counters) -> counters.forEach(each -> metrics.add(export, each)));
    return metrics;
  }

  private void add(String export, LayerCounter counter) {
    Family family =
        families.computeIfAbsent(
            name(counter), name -> new Family(counter.help(), new TreeMap<>()));
    Labels labels = counter.process() ? Labels.EMPTY : Labels.of("export", export);
    if (!counter.label().isEmpty()) {
      labels = labels.add(counter.label(), counter.labelValue());
    }
    if (counter.process()) {
      family.values.put(labels, counter.value());
    } else {
      family.values.merge(labels, counter.value(), Double::sum);
    }
  }

  /** The name without the suffix {@code _total}. */
  private static String name(LayerCounter counter) {
    String kind = counter.plugin() ? "plugin" : "filter";
    String name = "nbd_" + kind + "_" + counter.layer() + "_" + counter.name();
    return OTHER.matcher(name).replaceAll("_");
  }

  void collect(MetricSnapshots.Builder all) {
    families.forEach((name, family) -> all.metricSnapshot(snapshot(name, family)));
  }

  private static CounterSnapshot snapshot(String name, Family family) {
    CounterSnapshot.Builder builder = CounterSnapshot.builder().name(name).help(family.help);
    family.values.forEach(
        (labels, value) ->
            builder.dataPoint(
                CounterDataPointSnapshot.builder().labels(labels).value(value).build()));
    return builder.build();
  }

  /** All values, under the names and labels that {@code /metrics} shows. */
  Map<String, Double> samples() {
    Map<String, Double> samples = new TreeMap<>();
    families.forEach(
        (name, family) ->
            family.values.forEach(
                (labels, value) ->
                    samples.put(name + "_total" + (labels.isEmpty() ? "" : labels), value)));
    return samples;
  }
}
