package org.nbdcore.metrics;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** An HTTP response. */
final class PageResponse {

  /**
   * Allows only our own scripts, styles and data, so that text from a client cannot become code.
   */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:;"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final int status;
  private final byte[] body;
  private final Map<String, String> headers = new LinkedHashMap<>();

  PageResponse(int status, byte[] body) {
    this.status = status;
    this.body = body;
    headers.put("Content-Type", "text/plain; charset=utf-8");
    headers.put("Content-Security-Policy", POLICY);
    headers.put("X-Content-Type-Options", "nosniff");
    headers.put("Referrer-Policy", "no-referrer");
    headers.put("Cache-Control", "no-store");
  }

  /** A response with one line of text. */
  static PageResponse text(int status, String line) {
    return new PageResponse(status, (line + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /** Sets the content type. */
  PageResponse as(String type) {
    return with("Content-Type", type);
  }

  /** Sets a header. */
  PageResponse with(String name, String value) {
    headers.put(name, value);
    return this;
  }

  void send(HttpExchange exchange) throws IOException {
    Headers sent = exchange.getResponseHeaders();
    headers.forEach(sent::set);
    if (exchange.getRequestMethod().equals("HEAD")) {
      sent.set("Content-Length", Integer.toString(body.length));
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }
}
