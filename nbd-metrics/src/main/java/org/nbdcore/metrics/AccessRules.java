package org.nbdcore.metrics;

import com.sun.net.httpserver.HttpExchange;
import java.util.Optional;

/** Decides who may see and do what. */
final class AccessRules {

  private final Optional<AccessToken> token;

  AccessRules(Optional<AccessToken> token) {
    this.token = token;
  }

  /** Whether the request may see metrics and status. */
  boolean maySee(HttpExchange exchange) {
    return token.isPresent() ? hasToken(exchange) : namesThisHost(exchange);
  }

  /** Whether a token can allow actions at all. */
  boolean actions() {
    return token.isPresent();
  }

  /** Whether the request carries the token. */
  boolean hasToken(HttpExchange exchange) {
    String header = exchange.getRequestHeaders().getFirst("Authorization");
    return token.isPresent() && token.get().allows(header);
  }

  /**
   * Whether the host in the request is an address or {@code localhost}. A page of another site can
   * have its name resolved to 127.0.0.1, but it cannot change this header.
   */
  private static boolean namesThisHost(HttpExchange exchange) {
    String host = exchange.getRequestHeaders().getFirst("Host");
    if (host == null) {
      return true; // an old client, no browser
    }
    String name = host.replaceFirst(":\\d*$", "");
    return name.equals("localhost") || name.startsWith("[") || name.matches("[0-9.]+");
  }
}
