package org.nbdcore.example.metrics;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.nbdcore.server.ServerConnection;
import org.nbdcore.server.ServerListener;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.helpers.RequestType;

/** Counts connections and requests. Many threads call it, so it only adds to counters. */
final class Metrics implements ServerListener {

  private static final class Counters {
    private final LongAdder requests = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder nanos = new LongAdder();
  }

  private final LongAdder connections = new LongAdder();
  private final Map<RequestType, Counters> requests = new EnumMap<>(RequestType.class);

  Metrics() {
    for (RequestType type : RequestType.values()) {
      requests.put(type, new Counters());
    }
  }

  @Override
  public void connectionOpened(ServerConnection connection) {
    connections.increment();
  }

  @Override
  public void connectionClosed(ServerConnection connection, String reason) {
    connections.decrement();
  }

  @Override
  public void requestCompleted(
      ServerConnection connection,
      RequestType type,
      long offset,
      long length,
      Optional<NbdError> error,
      long nanos) {
    Counters counters = requests.get(type);
    counters.requests.increment();
    counters.nanos.add(nanos);
    if (error.isPresent()) {
      counters.failures.increment();
    } else {
      counters.bytes.add(length);
    }
  }

  /** The text format of Prometheus. */
  String text() {
    StringBuilder text = new StringBuilder();
    text.append("nbd_connections ").append(connections.sum()).append('\n');
    requests.forEach(
        (type, counters) -> {
          String label = "{type=\"" + type.name().toLowerCase(Locale.ROOT) + "\"} ";
          line(text, "nbd_requests_total", label, counters.requests.sum());
          line(text, "nbd_failures_total", label, counters.failures.sum());
          line(text, "nbd_bytes_total", label, counters.bytes.sum());
          line(text, "nbd_nanoseconds_total", label, counters.nanos.sum());
        });
    return text.toString();
  }

  private static void line(StringBuilder text, String name, String label, long value) {
    text.append(name).append(label).append(value).append('\n');
  }
}
