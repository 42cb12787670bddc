package org.nbdcore.example.metrics;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.util.Optional;
import org.nbdcore.chain.Chain;
import org.nbdcore.metrics.MonitoringServer;
import org.nbdcore.metrics.ServerMetrics;
import org.nbdcore.plugin.memory.MemoryProvider;
import org.nbdcore.server.NbdServer;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;

/** A disk in memory, with metrics and a status page. */
public final class MeasuredServer implements AutoCloseable {

  private final MonitoringServer web;
  private final NbdServer disk;

  /**
   * Starts both servers on free ports of the loopback interface.
   *
   * @param size of the disk, such as 64M
   */
  public MeasuredServer(String size) throws ConfigException, IOException {
    MemoryProvider memory = new MemoryProvider();
    Config config = Config.builder(memory.parameters()).put("size", size).build();
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    ServerMetrics metrics = new ServerMetrics();
    PrometheusRegistry registry =
        new PrometheusRegistry(); // use your own registry if your program has one
    metrics.register(registry);
    web = MonitoringServer.start(anyPort, Optional.empty(), "example", metrics, registry);
    try {
      disk =
          NbdServer.builder()
              .chain(Chain.builder().plugin(memory, config).build())
              .listen(anyPort)
              .listener(metrics)
              .start();
    } catch (ConfigException | IOException e) {
      web.close();
      throw e;
    }
  }

  /** The address of the disk for clients. */
  public SocketAddress diskAddress() {
    return disk.addresses().get(0);
  }

  /** The URL of the status page. The path of the metrics is {@code metrics}, relative to it. */
  public URI statusPage() {
    return URI.create("http://127.0.0.1:" + web.address().getPort() + "/");
  }

  /** Completes the requests in progress, and stops both servers. */
  @Override
  public void close() {
    disk.close();
    web.close();
  }

  /** Serves a disk of the given size until the program ends. */
  public static void main(String[] arguments) throws Exception {
    MeasuredServer server = new MeasuredServer(arguments.length == 0 ? "64M" : arguments[0]);
    Runtime.getRuntime().addShutdownHook(new Thread(server::close));
    System.out.println("disk: nbd:/" + server.diskAddress());
    System.out.println("status page: " + server.statusPage());
    server.disk.awaitStopped();
  }
}
