package org.nbdcore.plugin.cdi;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A registry in memory with the repository {@code disks/demo}. It issues tokens at {@code /token}.
 * With {@link #redirect}, it redirects requests for blobs to {@code /storage/}, under another host
 * name.
 */
final class TestRegistry implements AutoCloseable {

  /** Only blobs longer than this are cut: layers, but not configurations. */
  private static final int CONFIGURATION = 1000;

  static final String TOKEN = "secret-token";

  static {
    // Otherwise each reply waits 40 ms for an acknowledgement of its header.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  /** A request: the first word is its method. */
  record Seen(String line, Headers headers, String body) {
    String header(String name) {
      return headers.getFirst(name);
    }
  }

  final List<Seen> seen = new CopyOnWriteArrayList<>();
  final Map<String, byte[]> blobs;

  /** Digests by their tags. */
  final Map<String, String> tags = new HashMap<>();

  /** Statuses with which the next requests fail. */
  final Queue<Integer> failures = new ConcurrentLinkedQueue<>();

  /** The next responses with a layer end after these many bytes, and the connection is closed. */
  final Queue<Integer> cuts = new ConcurrentLinkedQueue<>();

  /** Header WWW-Authenticate; null if anybody may read. {@code PORT} stands for the port. */
  volatile String challenge;

  volatile String user = "me:hush";

  /** Where the requests for blobs are redirected to; null for nowhere. */
  volatile String redirect;

  volatile boolean ranges = true;
  volatile String errorBody = "{\"errors\":[{\"code\":\"NAME_UNKNOWN\",\"message\":\"gone\"}]}";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  TestRegistry(TestImage image) throws IOException {
    blobs = image.blobs;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** Another name for this server, for the blobs. */
  String storage() {
    return "http://127.0.0.1:" + port() + "/storage/";
  }

  /** Name of the image without a tag. */
  String name() {
    return "localhost:" + port() + "/disks/demo";
  }

  List<String> lines() {
    return seen.stream().map(Seen::line).toList();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().toString();
      byte[] body = exchange.getRequestBody().readAllBytes();
      seen.add(
          new Seen(
              exchange.getRequestMethod() + " " + path,
              exchange.getRequestHeaders(),
              new String(body, StandardCharsets.UTF_8)));
      Integer failure = failures.poll();
      if (failure != null) {
        exchange.getResponseHeaders().add("Retry-After", "7");
        send(exchange, failure, new byte[0]);
      } else if (path.startsWith("/token")) {
        token(exchange, new String(body, StandardCharsets.UTF_8));
      } else if (path.startsWith("/storage/")) {
        blob(exchange, blobs.get(path.substring("/storage/".length())));
      } else if (challenge != null && !authorized(exchange)) {
        String text = challenge.replace("PORT", String.valueOf(port()));
        exchange.getResponseHeaders().add("WWW-Authenticate", text);
        error(exchange, 401);
      } else {
        pull(exchange, path);
      }
    }
  }

  private boolean authorized(HttpExchange exchange) {
    String given = exchange.getRequestHeaders().getFirst("Authorization");
    return ("Bearer " + TOKEN).equals(given) || basic().equals(given);
  }

  private String basic() {
    return "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
  }

  private void token(HttpExchange exchange, String form) throws IOException {
    String given = exchange.getRequestHeaders().getFirst("Authorization");
    boolean anonymous = user.isEmpty() && given == null;
    if (anonymous || basic().equals(given) || form.contains("refresh_token=identity%2B")) {
      send(exchange, 200, ("{\"token\":\"" + TOKEN + "\"}").getBytes(StandardCharsets.UTF_8));
    } else {
      error(exchange, 401);
    }
  }

  private void pull(HttpExchange exchange, String path) throws IOException {
    String[] parts = path.split("/");
    String key = parts[parts.length - 1];
    byte[] blob = blobs.get(tags.getOrDefault(key, key));
    if (!path.startsWith("/v2/disks/demo/") || blob == null) {
      error(exchange, 404);
    } else if (path.contains("/blobs/")) {
      if (redirect != null) {
        exchange.getResponseHeaders().add("Location", redirect + key);
        send(exchange, 307, new byte[0]);
      } else {
        blob(exchange, blob);
      }
    } else {
      exchange.getResponseHeaders().add("Docker-Content-Digest", tags.getOrDefault(key, key));
      send(exchange, 200, blob);
    }
  }

  private void blob(HttpExchange exchange, byte[] blob) throws IOException {
    String range = exchange.getRequestHeaders().getFirst("Range");
    byte[] part = blob;
    int status = 200;
    if (range != null && ranges) {
      int from = Integer.parseInt(range.substring("bytes=".length(), range.length() - 1));
      part = Arrays.copyOfRange(blob, from, blob.length);
      status = 206;
      exchange
          .getResponseHeaders()
          .add("Content-Range", "bytes " + from + "-" + (blob.length - 1) + "/" + blob.length);
    }
    Integer cut = blob.length > CONFIGURATION ? cuts.poll() : null;
    if (cut == null) {
      send(exchange, status, part);
    } else {
      exchange.sendResponseHeaders(status, part.length);
      exchange.getResponseBody().write(part, 0, cut);
      exchange.getResponseBody().flush();
    }
  }

  private void error(HttpExchange exchange, int status) throws IOException {
    send(exchange, status, errorBody.getBytes(StandardCharsets.UTF_8));
  }

  private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
  }

  /** The requests to a path, in their order. */
  List<Seen> requestsTo(String part) {
    return new ArrayList<>(seen.stream().filter(each -> each.line().contains(part)).toList());
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
