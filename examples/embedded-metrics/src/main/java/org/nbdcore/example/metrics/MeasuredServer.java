package org.nbdcore.example.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.nbdcore.chain.Chain;
import org.nbdcore.plugin.memory.MemoryProvider;
import org.nbdcore.server.NbdServer;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;

/** A disk in memory, and a web page with its metrics. */
public final class MeasuredServer implements AutoCloseable {

  private final NbdServer disk;
  private final HttpServer web;

  /**
   * Starts both servers on free ports of the loopback interface.
   *
   * @param size of the disk, such as 64M
   */
  public MeasuredServer(String size) throws ConfigException, IOException {
    MemoryProvider memory = new MemoryProvider();
    Config config = Config.builder(memory.parameters()).put("size", size).build();
    Metrics metrics = new Metrics();
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    disk =
        NbdServer.builder()
            .chain(Chain.builder().plugin(memory, config).build())
            .listen(anyPort)
            .listener(metrics)
            .start();
    try {
      web = HttpServer.create(anyPort, 0);
    } catch (IOException e) {
      disk.close();
      throw e;
    }
    web.createContext("/metrics", exchange -> answer(exchange, metrics));
    web.start();
  }

  private static void answer(HttpExchange exchange, Metrics metrics) throws IOException {
    try (exchange) {
      byte[] text = metrics.text().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4");
      exchange.sendResponseHeaders(200, text.length);
      exchange.getResponseBody().write(text);
    }
  }

  /** Where clients find the disk. */
  public SocketAddress diskAddress() {
    return disk.addresses().get(0);
  }

  /** Where the metrics are. */
  public URI metricsAddress() {
    return URI.create("http://127.0.0.1:" + web.getAddress().getPort() + "/metrics");
  }

  /** Finishes the requests in progress, and stops both servers. */
  @Override
  public void close() {
    disk.close();
    web.stop(0);
  }

  /** Serves a disk of the given size until the program is ended. */
  public static void main(String[] arguments) throws Exception {
    MeasuredServer server = new MeasuredServer(arguments.length == 0 ? "64M" : arguments[0]);
    Runtime.getRuntime().addShutdownHook(new Thread(server::close));
    System.out.println("disk: nbd:/" + server.diskAddress());
    System.out.println("metrics: " + server.metricsAddress());
    server.disk.awaitStopped();
  }
}
