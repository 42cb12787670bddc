package org.nbdcore.metrics;

import com.sun.net.httpserver.HttpExchange;
import java.util.Optional;

/** Decides which requests may read metrics and status, and which may act on the server. */
final class AccessRules {

  private final Optional<AccessToken> token;

  AccessRules(Optional<AccessToken> token) {
    this.token = token;
  }

  /** True if the request may read metrics and status. */
  boolean maySee(HttpExchange exchange) {
    return token.isPresent() ? hasToken(exchange) : namesThisHost(exchange);
  }

  /** True if actions are possible, because there is a token. */
  boolean actions() {
    return token.isPresent();
  }

  /** True if the request contains the token. */
  boolean hasToken(HttpExchange exchange) {
    String header = exchange.getRequestHeaders().getFirst("Authorization");
    return token.isPresent() && token.get().allows(header);
  }

  /**
   * True if the {@code Host} header is an address or {@code localhost}. This prevents DNS
   * rebinding: a web page can make its own name resolve to 127.0.0.1, but it cannot change this
   * header.
   */
  private static boolean namesThisHost(HttpExchange exchange) {
    String host = exchange.getRequestHeaders().getFirst("Host");
    if (host == null) {
      return true; // an old client; browsers always send this header
    }
    String name = host.replaceFirst(":\\d*$", "");
    return name.equals("localhost") || name.startsWith("[") || name.matches("[0-9.]+");
  }
}
