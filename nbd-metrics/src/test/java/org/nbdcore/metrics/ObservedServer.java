package org.nbdcore.metrics;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.nbdcore.chain.Chain;
import org.nbdcore.client.ConnectOptions;
import org.nbdcore.client.NbdClient;
import org.nbdcore.server.NbdServer;
import org.nbdcore.server.ServerBuilder;
import org.nbdcore.server.ServerExport;
import org.nbdcore.server.ServerListener;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.spi.StartContext;
import org.nbdcore.spi.ThreadModel;
import org.nbdcore.testkit.Backends;
import org.nbdcore.testkit.CapturedLog;
import org.nbdcore.testkit.TestProviders;

/** A server and its monitoring server in this process, with clients for both. */
final class ObservedServer implements AutoCloseable {

  static final Duration TIMEOUT = Duration.ofSeconds(60);
  static final String TOKEN = "0123456789abcdef-token";

  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  final ServerMetrics metrics = new ServerMetrics();
  final PrometheusRegistry registry = new PrometheusRegistry();
  final ServerBuilder builder =
      NbdServer.builder().listen(ANY_PORT).listener(metrics); // until start
  final MonitoringServer http;
  private final HttpClient client = HttpClient.newHttpClient();
  NbdServer server;

  /** Starts the monitoring of a server that has not started yet. */
  ObservedServer(Optional<AccessToken> token) throws IOException {
    CapturedLog.silence();
    metrics.register(registry);
    http = MonitoringServer.start(ANY_PORT, token, "test", metrics, registry);
  }

  /** Starts and monitors a server with one export {@code disk}, without a token. */
  static ObservedServer of(BlockDevice device) throws Exception {
    ObservedServer observed = new ObservedServer(Optional.empty());
    return observed.export("disk", device).start();
  }

  ObservedServer export(String name, BlockDevice device) throws Exception {
    builder.export(ServerExport.of(name, chain(new Disk(device))));
    return this;
  }

  ObservedServer listener(ServerListener listener) {
    builder.listener(listener);
    return this;
  }

  ObservedServer start() throws IOException {
    server = builder.start();
    return this;
  }

  static Chain chain(Disk disk) throws Exception {
    PluginProvider provider = TestProviders.plugin("disk", () -> disk);
    return Chain.builder().plugin(provider, Config.builder(List.of()).build()).build();
  }

  NbdClient connect(String export) throws IOException {
    return NbdClient.connect(
        server.addresses().get(0), ConnectOptions.defaults().withExportName(export));
  }

  HttpResponse<String> get(String path, String... headers) throws Exception {
    return send("GET", path, headers);
  }

  HttpResponse<String> post(String path, String... headers) throws Exception {
    return send("POST", path, headers);
  }

  HttpResponse<String> send(String method, String path, String... headers) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + http.address().getPort() + path);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri).method(method, HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public void close() {
    if (server != null) {
      server.close();
    }
    http.close();
  }

  /** A plugin with one device for all connections. */
  static class Disk implements Plugin {

    private final BlockDevice device;

    Disk(BlockDevice device) {
      this.device = device;
    }

    @Override
    public BlockDevice open(OpenRequest request) throws IOException {
      return Backends.of(device).open(request);
    }

    @Override
    public void start(StartContext context) throws IOException {}

    @Override
    public ThreadModel threadModel() {
      return ThreadModel.PARALLEL;
    }

    @Override
    public void close() {}
  }
}
