package org.nbdcore.metrics;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import org.nbdcore.server.CompletedRequest;
import org.nbdcore.server.ExportStatus;
import org.nbdcore.server.NbdServer;
import org.nbdcore.server.ServerConnection;
import org.nbdcore.server.ServerListener;

/**
 * Counts the connections and requests of one server. Create it before the server, and add it with
 * {@link org.nbdcore.server.ServerBuilder#listener}. Then publish the counters: {@link #register}
 * adds them to a Prometheus registry, {@link MonitoringServer} serves them over HTTP, and {@link
 * ServerBeans} through JMX.
 *
 * <p>Counting a request does not allocate and takes no lock. The counters of an export remain after
 * its last connection has ended.
 */
public final class ServerMetrics implements ServerListener {

  /**
   * Maximum number of exports with their own counters. A chain may accept any name, and clients
   * must not be able to fill the memory with names.
   */
  static final int MAX_EXPORTS = 1000;

  /** The name under which all exports beyond the limit are counted. */
  static final String OTHERS = "(others)";

  private final Map<ServerConnection, ConnectionMetrics> connections = new ConcurrentHashMap<>();
  private final Map<String, ExportMetrics> exports = new TreeMap<>(); // guarded by itself
  private final RecentMessages messages = new RecentMessages();
  private final LongAdder endedHandshakes = new LongAdder();
  private final List<Runnable> observers = new CopyOnWriteArrayList<>();
  private volatile NbdServer server; // null before the start

  /**
   * Adds the metrics to a registry. They have the prefix {@code nbd_}; docs/monitoring.md lists
   * them. Register at most one server in one registry.
   */
  public void register(PrometheusRegistry registry) {
    registry.register(new ServerCollector(this));
  }

  /**
   * Returns the recent messages that the status page shows. Add the warnings and errors of your
   * program's log to it.
   */
  public RecentMessages messages() {
    return messages;
  }

  @Override
  public void serverStarting(NbdServer starting) {
    server = starting;
    observers.forEach(Runnable::run);
  }

  @Override
  public void connectionOpened(ServerConnection connection) {
    connections.put(connection, new ConnectionMetrics(connection, Instant.now()));
  }

  @Override
  public void exportOpened(ServerConnection connection) {
    ConnectionMetrics metrics = connections.get(connection);
    if (metrics != null) {
      ExportMetrics export = export(connection.exportName().orElse(""));
      metrics.opened(export);
      export.opened(metrics);
      observers.forEach(Runnable::run);
    }
  }

  @Override
  public void extentReported(ServerConnection connection, long offset, long length, boolean data) {
    ConnectionMetrics metrics = connections.get(connection);
    if (metrics != null) {
      metrics.learned(offset, length, data);
    }
  }

  @Override
  public void requestCompleted(ServerConnection connection, CompletedRequest request) {
    ConnectionMetrics metrics = connections.get(connection);
    if (metrics != null) {
      metrics.completed(request);
    }
  }

  @Override
  public void connectionClosed(ServerConnection connection, String reason) {
    ConnectionMetrics metrics = connections.remove(connection);
    if (metrics == null) {
      return;
    }
    if (metrics.export() == null) {
      endedHandshakes.increment();
    } else {
      metrics.export().closed(metrics);
    }
  }

  private ExportMetrics export(String name) {
    synchronized (exports) {
      ExportMetrics known = exports.get(name);
      if (known != null) {
        return known;
      }
      String counted = exports.size() < MAX_EXPORTS || isListed(name) ? name : OTHERS;
      return exports.computeIfAbsent(counted, ExportMetrics::new);
    }
  }

  private boolean isListed(String name) {
    return listed().stream().anyMatch(export -> export.name().equals(name));
  }

  /** Calls {@code observer} when the server starts, and when a client has opened an export. */
  void observe(Runnable observer) {
    observers.add(observer);
  }

  /** Removes an observer. */
  void forget(Runnable observer) {
    observers.remove(observer);
  }

  /** The server; empty before it starts. */
  Optional<NbdServer> server() {
    return Optional.ofNullable(server);
  }

  /** The named exports of the server; empty before it starts. */
  List<ExportStatus> listed() {
    return server().map(NbdServer::exports).orElse(List.of());
  }

  /** All exports that are listed or were opened, by name. */
  List<ExportMetrics> exports() {
    List<ExportStatus> listed = listed();
    synchronized (exports) {
      listed.forEach(export -> exports.computeIfAbsent(export.name(), ExportMetrics::new));
      return List.copyOf(exports.values());
    }
  }

  /** The open connections, by number. */
  List<ConnectionMetrics> connections() {
    return connections.values().stream()
        .sorted(Comparator.comparingLong(metrics -> metrics.connection.number()))
        .toList();
  }

  /** Connections that ended before their client had opened an export. */
  long endedHandshakes() {
    return endedHandshakes.sum();
  }
}
