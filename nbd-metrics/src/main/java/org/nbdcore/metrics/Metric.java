package org.nbdcore.metrics;

import io.prometheus.metrics.model.registry.MetricType;
import io.prometheus.metrics.model.snapshots.MetricFamilyDescriptor;
import java.util.List;

/** The metrics of a server, as docs/monitoring.md lists them. */
enum Metric {
  BUILD(MetricType.INFO, "nbd_build", "The version of nbd-core, as a label; always 1.", "version"),
  READY(MetricType.GAUGE, "nbd_server_ready", "1 if /ready answers 200, else 0."),
  EXPORT_READY(
      MetricType.GAUGE, "nbd_export_ready", "1 if the chain of the export runs, else 0.", "export"),
  EXPORT_SIZE(
      MetricType.GAUGE,
      "nbd_export_size_bytes",
      "Size of the export when it was last opened.",
      "export"),
  EXPORT_POSITION(
      MetricType.GAUGE,
      "nbd_export_position_bytes",
      "End of the highest range that an open connection has read or written.",
      "export"),
  EXPORT_DATA(
      MetricType.GAUGE,
      "nbd_export_reported_data_bytes",
      "Bytes that hold data, of those that clients of open connections have asked about.",
      "export"),
  EXPORT_DATA_READ(
      MetricType.GAUGE,
      "nbd_export_read_bytes",
      "Bytes that clients of open connections have read.",
      "export"),
  CONNECTIONS(MetricType.GAUGE, "nbd_connections", "Open connections to the export.", "export"),
  CONNECTIONS_OPENED(
      MetricType.COUNTER,
      "nbd_connections_opened",
      "Connections that have opened the export.",
      "export"),
  HANDSHAKES(
      MetricType.GAUGE,
      "nbd_handshakes",
      "Clients that are connected and have not opened an export yet."),
  HANDSHAKES_ENDED(
      MetricType.COUNTER,
      "nbd_handshakes_ended",
      "Connections that ended before the client had opened an export."),
  REQUESTS(
      MetricType.COUNTER,
      "nbd_requests",
      "Completed requests, with and without an error.",
      "export",
      "type"),
  ERRORS(MetricType.COUNTER, "nbd_request_errors", "Requests that failed.", "export", "type"),
  BYTES(
      MetricType.COUNTER,
      "nbd_request_bytes",
      "Bytes of the requests without an error.",
      "export",
      "type"),
  DURATION(
      MetricType.HISTOGRAM,
      "nbd_request_duration_seconds",
      "Time from the header of a request to its result, including time in queues.",
      "export",
      "type"),
  IN_PROGRESS(
      MetricType.GAUGE, "nbd_requests_in_progress", "Requests that clients wait for.", "export"),
  MEMORY(
      MetricType.GAUGE, "nbd_buffer_memory_bytes", "Direct memory that requests and replies use."),
  MEMORY_LIMIT(
      MetricType.GAUGE, "nbd_buffer_memory_limit_bytes", "Maximum of nbd_buffer_memory_bytes."),
  MESSAGES(MetricType.COUNTER, "nbd_log_messages", "Warnings and errors in the log.", "level");

  private final MetricType type;
  private final String key;
  private final String help;
  private final List<String> labels;

  Metric(MetricType type, String key, String help, String... labels) {
    this.type = type;
    this.key = key;
    this.help = help;
    this.labels = List.of(labels);
  }

  /** The name, without the suffix {@code _total} of a counter or {@code _info}. */
  String key() {
    return key;
  }

  /** The help text, one sentence. */
  String help() {
    return help;
  }

  /** The description for the registry. */
  MetricFamilyDescriptor descriptor() {
    return MetricFamilyDescriptor.of(type, key).help(help).labelNames(labels).build();
  }
}
