package org.nbdcore.cli;

import io.prometheus.metrics.instrumentation.jvm.JvmBufferPoolMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmThreadsMetrics;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.Closeable;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.nbdcore.log.ExceptionText;
import org.nbdcore.metrics.AccessToken;
import org.nbdcore.metrics.MonitoringServer;
import org.nbdcore.metrics.ServerBeans;
import org.nbdcore.metrics.ServerMetrics;
import org.nbdcore.server.ServerBuilder;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.FileNames;
import org.nbdcore.spi.Log;

/** The monitoring of {@code --metrics}. Without that option, none of its classes is loaded. */
final class Monitoring implements Closeable {

  private static final Log LOG = Log.of("");

  /** Time limit in seconds for a request of the status page, and for its response. */
  private static final String TIMEOUT_SECONDS = "20";

  private final ServerMetrics metrics;
  private final MonitoringServer http;
  private final ServerBeans beans;

  private Monitoring(ServerMetrics metrics, MonitoringServer http, ServerBeans beans) {
    this.metrics = metrics;
    this.http = http;
    this.beans = beans;
  }

  /**
   * Starts monitoring, if {@code --metrics} is given.
   *
   * @param name of the server
   * @throws ConfigException if address or token are wrong
   * @throws IOException if the address cannot be bound
   */
  static Optional<Monitoring> start(ServerSettings settings, String name)
      throws ConfigException, IOException {
    Optional<String> address = settings.find(CommandLineOption.METRICS);
    Optional<String> token = settings.find(CommandLineOption.METRICS_TOKEN);
    if (address.isEmpty()) {
      if (token.isPresent()) {
        throw new ConfigException("--metrics-token has no effect without --metrics");
      }
      return Optional.empty();
    }
    InetSocketAddress listen = MetricsAddress.parse(address.get());
    if (token.isEmpty() && !listen.getAddress().isLoopbackAddress()) {
      throw new ConfigException(
          "--metrics="
              + address.get()
              + " can be reached from other hosts, so it needs --metrics-token=FILE");
    }
    return Optional.of(start(listen, token, name));
  }

  private static Monitoring start(InetSocketAddress listen, Optional<String> file, String name)
      throws IOException {
    Optional<AccessToken> token =
        file.isPresent()
            ? Optional.of(AccessToken.read(FileNames.absolute(file.get())))
            : Optional.empty();
    limit("sun.net.httpserver.maxReqTime");
    limit("sun.net.httpserver.maxRspTime");
    ServerMetrics metrics = new ServerMetrics();
    PrometheusRegistry registry = new PrometheusRegistry();
    metrics.register(registry);
    JvmBufferPoolMetrics.builder().register(registry);
    JvmGarbageCollectorMetrics.builder().register(registry);
    JvmMemoryMetrics.builder().register(registry);
    JvmThreadsMetrics.builder().register(registry);
    ProcessMetrics.builder().register(registry);
    MonitoringServer http;
    try {
      http = MonitoringServer.start(listen, token, name, metrics, registry);
    } catch (IOException e) {
      throw new IOException(
          "--metrics: cannot listen on "
              + listen.getAddress().getHostAddress()
              + " port "
              + listen.getPort()
              + ": "
              + ExceptionText.of(e),
          e);
    }
    LOG.debug(() -> "metrics and status page at " + url(http.address()));
    return new Monitoring(
        metrics, http, new ServerBeans(metrics, name, ManagementFactory.getPlatformMBeanServer()));
  }

  /** The JDK's server waits for slow clients forever, unless a property limits the time. */
  private static void limit(String property) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, TIMEOUT_SECONDS);
    }
  }

  private static String url(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    String shown = host.contains(":") ? "[" + host + "]" : host;
    return "http://" + shown + ":" + address.getPort() + "/";
  }

  /** Registers a listener of the server. */
  void addTo(ServerBuilder builder) {
    builder.listener(metrics);
  }

  /** Counts the lines of the log. */
  BiConsumer<Log.Level, String> messages() {
    return metrics.messages()::add;
  }

  @Override
  public void close() {
    beans.close();
    http.close();
  }
}
