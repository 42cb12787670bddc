package org.nbdcore.plugin.s3;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nbdcore.spi.Secret;

/** A server of objects in memory. It refuses a request whose signature does not match. */
final class ObjectServer implements AutoCloseable {

  static final AwsAccount ACCOUNT =
      new AwsAccount(
          "AKIDEXAMPLE", new Secret("hush"), Optional.of(new Secret("token")), "eu-north-1");

  private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d+)");

  static {
    // Otherwise each reply waits 40 ms for an acknowledgement of its header.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  final Map<String, byte[]> objects = new ConcurrentHashMap<>();

  /** The method and path of each request. */
  final Queue<String> requests = new ConcurrentLinkedQueue<>();

  /** Statuses with which the next requests fail. */
  final Queue<Integer> failures = new ConcurrentLinkedQueue<>();

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  ObjectServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  List<String> parameters(String key) {
    return List.of(
        "endpoint-url=http://127.0.0.1:" + server.getAddress().getPort() + "/",
        "bucket=disks",
        "key=" + key,
        "access-key=" + ACCOUNT.accessKey(),
        "secret-key=" + ACCOUNT.secretKey().reveal(),
        "session-token=token");
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String method = exchange.getRequestMethod();
      String path = exchange.getRequestURI().getRawPath();
      byte[] body = exchange.getRequestBody().readAllBytes();
      requests.add(method + " " + path);
      Integer failure = failures.poll();
      if (failure != null) {
        reply(exchange, failure, new byte[0]);
      } else if (!isSigned(exchange, method, path, body)) {
        reply(exchange, 403, error("SignatureDoesNotMatch"));
      } else {
        answer(exchange, method, path, body);
      }
    }
  }

  private static boolean isSigned(HttpExchange exchange, String method, String path, byte[] body) {
    String given = exchange.getRequestHeaders().getFirst("Authorization");
    Matcher names = Pattern.compile("SignedHeaders=([^,]+),").matcher(given == null ? "" : given);
    if (!names.find() || !names.group(1).contains("x-amz-security-token")) {
      return false;
    }
    Map<String, String> headers = new HashMap<>();
    for (String name : names.group(1).split(";")) {
      headers.put(name.toLowerCase(Locale.ROOT), exchange.getRequestHeaders().getFirst(name));
    }
    headers.put("x-amz-content-sha256", AwsSignature.sha256(body)); // of what has arrived
    Matcher scope = Pattern.compile("/\\d{8}/([^/]+)/s3/").matcher(given);
    if (!scope.find()) {
      return false;
    }
    AwsAccount account = // of any region, because that of the machine may be set
        new AwsAccount(ACCOUNT.accessKey(), ACCOUNT.secretKey(), ACCOUNT.token(), scope.group(1));
    return given.equals(AwsSignature.authorization(account, method, path, "", headers));
  }

  private void answer(HttpExchange exchange, String method, String path, byte[] body)
      throws IOException {
    byte[] object = objects.get(path);
    if (method.equals("PUT")) {
      objects.put(path, body);
      reply(exchange, 200, new byte[0]);
    } else if (method.equals("DELETE")) {
      objects.remove(path);
      exchange.sendResponseHeaders(204, -1);
    } else if (object == null) {
      reply(exchange, 404, error("NoSuchKey"));
    } else {
      send(exchange, method, object);
    }
  }

  private static void send(HttpExchange exchange, String method, byte[] object) throws IOException {
    String range = exchange.getRequestHeaders().getFirst("Range");
    Matcher part = RANGE.matcher(range == null ? "" : range);
    if (method.equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", String.valueOf(object.length));
      exchange.sendResponseHeaders(200, -1);
    } else if (!part.matches()) {
      reply(exchange, 200, object);
    } else {
      int start = Integer.parseInt(part.group(1));
      int end = Math.min(object.length, Integer.parseInt(part.group(2)) + 1);
      if (start >= end) {
        reply(exchange, 416, error("InvalidRange"));
        return;
      }
      exchange
          .getResponseHeaders()
          .set("Content-Range", "bytes " + start + "-" + (end - 1) + "/" + object.length);
      reply(exchange, 206, Arrays.copyOfRange(object, start, end));
    }
  }

  private static byte[] error(String code) {
    String text = "<Error><Code>" + code + "</Code></Error>";
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void reply(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
