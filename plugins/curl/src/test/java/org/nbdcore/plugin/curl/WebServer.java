package org.nbdcore.plugin.curl;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;

/** The JDK's web server with one file, {@code /disk}. Tests can replace its responses. */
final class WebServer implements AutoCloseable {

  static final int SIZE = 300_007;

  static {
    // it writes header and body separately, and would wait 40 ms in between
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  /** A request of a client. */
  record Seen(String method, String path, Headers headers) {
    String header(String name) {
      return headers.getFirst(name);
    }
  }

  /** Answers in place of the server. */
  interface Answer {
    /** True if it has answered. */
    boolean to(HttpExchange exchange) throws IOException;
  }

  final byte[] disk = new byte[SIZE];
  final List<Seen> seen = new CopyOnWriteArrayList<>();
  final Map<String, String> redirects = new HashMap<>();
  volatile Answer answer = exchange -> false;
  private final HttpServer server;
  private final String scheme;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  WebServer() throws IOException {
    this(null);
  }

  /**
   * @param tls null for plain HTTP
   */
  WebServer(SSLContext tls) throws IOException {
    new Random(9110).nextBytes(disk);
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    if (tls == null) {
      server = HttpServer.create(anyPort, 0);
      scheme = "http";
    } else {
      HttpsServer secure = HttpsServer.create(anyPort, 0);
      secure.setHttpsConfigurator(new HttpsConfigurator(tls));
      server = secure;
      scheme = "https";
    }
    server.setExecutor(threads);
    server.createContext("/", this::serve);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** The URL of the file. */
  String url() {
    return url("/disk");
  }

  String url(String path) {
    return scheme + "://localhost:" + port() + path;
  }

  /** The last request. */
  Seen last() {
    return seen.get(seen.size() - 1);
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      seen.add(new Seen(exchange.getRequestMethod(), path, exchange.getRequestHeaders()));
      if (answer.to(exchange)) {
        return;
      }
      if (redirects.containsKey(path)) {
        exchange.getResponseHeaders().add("Location", redirects.get(path));
        exchange.sendResponseHeaders(302, -1);
      } else if (!path.equals("/disk")) {
        exchange.sendResponseHeaders(404, -1);
      } else {
        sendFile(exchange);
      }
    }
  }

  private void sendFile(HttpExchange exchange) throws IOException {
    Headers headers = exchange.getResponseHeaders();
    headers.add("Accept-Ranges", "bytes");
    String range = exchange.getRequestHeaders().getFirst("Range");
    if (exchange.getRequestMethod().equals("HEAD")) {
      headers.add("Content-Length", String.valueOf(SIZE));
      exchange.sendResponseHeaders(200, -1);
    } else if (range == null) {
      send(exchange, 200, disk);
    } else {
      String[] ends = range.substring("bytes=".length()).split("-");
      int from = Integer.parseInt(ends[0]);
      int to = Integer.parseInt(ends[1]);
      headers.add("Content-Range", "bytes " + from + "-" + to + "/" + SIZE);
      send(exchange, 206, Arrays.copyOfRange(disk, from, to + 1));
    }
  }

  static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  /** Stops answering. */
  void stop() {
    server.stop(0);
  }

  @Override
  public void close() {
    stop();
    threads.shutdownNow();
  }
}
