package org.nbdcore.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import org.nbdcore.spi.Log;

/** Handles the requests to a {@link MonitoringServer}. */
final class Pages implements HttpHandler {

  private static final Log LOG = Log.of("");
  private static final String JSON = "application/json";
  private static final String CONNECTION = "connection=";

  private final AccessRules access;
  private final Actions actions;
  private final ServerMetrics metrics;
  private final StatusSampler sampler;
  private final PrometheusRegistry registry;
  private final ExpositionFormats formats = ExpositionFormats.init();

  Pages(
      AccessRules access,
      Actions actions,
      ServerMetrics metrics,
      StatusSampler sampler,
      PrometheusRegistry registry) {
    this.access = access;
    this.actions = actions;
    this.metrics = metrics;
    this.sampler = sampler;
    this.registry = registry;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      PageResponse answer;
      try {
        answer = answer(exchange);
      } catch (RuntimeException e) {
        LOG.error("the status page failed: " + e, e);
        answer =
            PageResponse.text(HttpURLConnection.HTTP_INTERNAL_ERROR, "internal error: see the log");
      }
      answer.send(exchange);
    }
  }

  private PageResponse answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    return switch (path) {
      case "/", "/status.js", "/status.css", "/health", "/ready", "/metrics", "/status.json" ->
          reads(exchange)
              ? page(exchange, path)
              : PageResponse.text(HttpURLConnection.HTTP_BAD_METHOD, "use GET")
                  .with("Allow", "GET, HEAD");
      case "/disconnect", "/drain" ->
          exchange.getRequestMethod().equals("POST")
              ? action(exchange, path)
              : PageResponse.text(HttpURLConnection.HTTP_BAD_METHOD, "use POST")
                  .with("Allow", "POST");
      default -> PageResponse.text(HttpURLConnection.HTTP_NOT_FOUND, "there is no such page");
    };
  }

  private static boolean reads(HttpExchange exchange) {
    return exchange.getRequestMethod().equals("GET") || exchange.getRequestMethod().equals("HEAD");
  }

  private PageResponse page(HttpExchange exchange, String path) throws IOException {
    switch (path) {
      case "/health":
        return PageResponse.text(HttpURLConnection.HTTP_OK, "alive");
      case "/ready":
        return ready();
      case "/":
        return resource("status.html", "text/html; charset=utf-8");
      case "/status.js":
        return resource("status.js", "text/javascript; charset=utf-8");
      case "/status.css":
        return resource("status.css", "text/css; charset=utf-8");
      default:
        if (!access.maySee(exchange)) {
          return refusal();
        }
        return path.equals("/metrics")
            ? metrics(exchange)
            : PageResponse.text(HttpURLConnection.HTTP_OK, sampler.status().toJson()).as(JSON);
    }
  }

  private PageResponse refusal() {
    return access.actions()
        ? unauthorized()
        : PageResponse.text(
            HttpURLConnection.HTTP_FORBIDDEN,
            "use an address or localhost as the host, or start the server with a token");
  }

  private static PageResponse unauthorized() {
    return PageResponse.text(
            HttpURLConnection.HTTP_UNAUTHORIZED, "send the token: Authorization: Bearer TOKEN")
        .with("WWW-Authenticate", "Bearer");
  }

  private PageResponse ready() {
    Readiness readiness = Readiness.of(metrics);
    return PageResponse.text(
        readiness.ready() ? HttpURLConnection.HTTP_OK : HttpURLConnection.HTTP_UNAVAILABLE,
        readiness.reason());
  }

  private PageResponse metrics(HttpExchange exchange) throws IOException {
    ExpositionFormatWriter writer =
        formats.findWriter(exchange.getRequestHeaders().getFirst("Accept"));
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    writer.write(text, registry.scrape());
    return new PageResponse(HttpURLConnection.HTTP_OK, text.toByteArray())
        .as(writer.getContentType());
  }

  private static PageResponse resource(String name, String type) throws IOException {
    try (InputStream in = Pages.class.getResourceAsStream(name)) {
      return new PageResponse(HttpURLConnection.HTTP_OK, in.readAllBytes()).as(type);
    }
  }

  private PageResponse action(HttpExchange exchange, String path) {
    if (!access.actions()) {
      return PageResponse.text(
          HttpURLConnection.HTTP_FORBIDDEN, "actions need a server that was started with a token");
    }
    if (!access.hasToken(exchange)) {
      return unauthorized();
    }
    if (path.equals("/drain")) {
      return actions.drain()
          ? PageResponse.text(HttpURLConnection.HTTP_OK, "draining")
          : PageResponse.text(HttpURLConnection.HTTP_UNAVAILABLE, "the server has not started yet");
    }
    String query = exchange.getRequestURI().getQuery();
    boolean found =
        query != null
            && query.startsWith(CONNECTION)
            && actions.disconnect(query.substring(CONNECTION.length()));
    return found
        ? PageResponse.text(HttpURLConnection.HTTP_OK, "disconnected")
        : PageResponse.text(
            HttpURLConnection.HTTP_NOT_FOUND,
            "no open connection has the number after ?connection=");
  }
}
