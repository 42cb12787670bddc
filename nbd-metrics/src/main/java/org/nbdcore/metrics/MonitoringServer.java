package org.nbdcore.metrics;

import com.sun.net.httpserver.HttpServer;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.nbdcore.spi.Log;

/**
 * Serves the metrics and the status page of one server over HTTP:
 *
 * <ul>
 *   <li>{@code /}: the status page
 *   <li>{@code /metrics}: the metrics of a registry, in the text format of Prometheus or
 *       OpenMetrics
 *   <li>{@code /health}: 200 while the process runs
 *   <li>{@code /ready}: 200 if the server accepts clients and the exports that start with it are
 *       running, otherwise 503 with the reason
 *   <li>{@code /status.json}: the data of the status page
 *   <li>{@code POST /disconnect?connection=NUMBER} and {@code POST /drain}: only with a token
 * </ul>
 *
 * <p>With a token, every path except {@code /}, {@code /health} and {@code /ready} requires {@code
 * Authorization: Bearer TOKEN}. Without a token, the address must be a loopback address.
 */
public final class MonitoringServer implements AutoCloseable {

  /** Number of threads. A slow client occupies one of them. */
  private static final int THREADS = 16;

  private static final long KEEP_SECONDS = 10;
  private static final int BACKLOG = 64;

  private static final Log LOG = Log.of("");

  private final HttpServer http;
  private final ExecutorService threads;
  private final ScheduledExecutorService clock;

  private MonitoringServer(
      HttpServer http, ExecutorService threads, ScheduledExecutorService clock) {
    this.http = http;
    this.threads = threads;
    this.clock = clock;
  }

  /**
   * Binds the address and starts to serve requests. Start it before the server to serve {@code
   * /ready} during the start.
   *
   * @param address to bind; with port 0, the system chooses a port
   * @param token required unless {@code address} is a loopback address
   * @param name of the server, for the title of the page
   * @param registry the metrics of {@code /metrics}
   * @throws IOException if the address cannot be bound
   * @throws IllegalArgumentException if a token is required and missing
   */
  public static MonitoringServer start(
      InetSocketAddress address,
      Optional<AccessToken> token,
      String name,
      ServerMetrics metrics,
      PrometheusRegistry registry)
      throws IOException {
    boolean local = !address.isUnresolved() && address.getAddress().isLoopbackAddress();
    if (token.isEmpty() && !local) {
      throw new IllegalArgumentException(
          "an address other than of the loopback interface requires a token, not "
              + address.getHostString());
    }
    HttpServer http = HttpServer.create(address, BACKLOG);
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            KEEP_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            factory("nbd-monitoring-"));
    threads.allowCoreThreadTimeOut(true);
    ScheduledExecutorService clock =
        Executors.newSingleThreadScheduledExecutor(factory("nbd-monitoring-clock-"));
    StatusSampler sampler = new StatusSampler(metrics, name, token.isPresent());
    long interval = StatusSampler.INTERVAL.toMillis();
    clock.scheduleAtFixedRate(() -> sample(sampler), 0, interval, TimeUnit.MILLISECONDS);
    http.setExecutor(threads);
    http.createContext(
        "/", new Pages(new AccessRules(token), new Actions(metrics), metrics, sampler, registry));
    http.start();
    return new MonitoringServer(http, threads, clock);
  }

  /** Takes a sample. Catches exceptions, because an exception would cancel the periodic task. */
  private static void sample(StatusSampler sampler) {
    try {
      sampler.sample();
    } catch (RuntimeException e) {
      LOG.error("the status page has no sample: " + e, e);
    }
  }

  private static ThreadFactory factory(String name) {
    AtomicInteger numbers = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, name + numbers.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  /** Returns the address with the actual port. */
  public InetSocketAddress address() {
    return http.getAddress();
  }

  /** Closes the port and all connections to it. */
  @Override
  public void close() {
    clock.shutdownNow();
    http.stop(0);
    threads.shutdownNow();
  }
}
