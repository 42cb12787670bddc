package org.nbdcore.plugin.curl;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.nbdcore.spi.ConfigException;

/**
 * Where something lies on the web.
 *
 * @param uri without user and password
 * @param userInfo {@code user} or {@code user:password}, as the URL had it
 */
record Address(URI uri, Optional<String> userInfo) {

  /** What can be fetched. */
  static final List<String> PROTOCOLS = List.of("http", "https");

  /** What is left as it is in a URL; anything else that a URI must not have is escaped. */
  private static final String LEGAL =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?#@!$&'()*+,;=%";

  /**
   * Reads a URL, more leniently than RFC 3986 has it: blanks, brackets and the like may stand in
   * it, as they do in the names of VMware's datastores.
   */
  static Address parse(String text) throws ConfigException {
    try {
      URI uri = new URI(escaped(text));
      String scheme = uri.getScheme();
      if (scheme == null || uri.getRawAuthority() == null || uri.getHost() == null) {
        throw new ConfigException("must be of the form http://HOST/PATH, not " + text);
      }
      if (!PROTOCOLS.contains(scheme.toLowerCase(Locale.ROOT))) {
        throw new ConfigException(
            "must begin with http:// or https://, not " + scheme + ":, which is not spoken here");
      }
      Optional<String> userInfo = Optional.ofNullable(uri.getUserInfo());
      return new Address(userInfo.isEmpty() ? uri : withoutUser(uri), userInfo);
    } catch (URISyntaxException e) {
      throw new ConfigException("is not a URL: " + e.getMessage(), e);
    }
  }

  private static URI withoutUser(URI uri) throws URISyntaxException {
    String all = uri.toString();
    int at = all.indexOf('@');
    return new URI(uri.getScheme() + "://" + all.substring(at + 1));
  }

  private static String escaped(String text) {
    int slashes = text.indexOf("://");
    int path = slashes < 0 ? -1 : text.indexOf('/', slashes + 3);
    if (path < 0) {
      return text; // the brackets of an IPv6 address stand before it
    }
    StringBuilder escaped = new StringBuilder(text.substring(0, path));
    for (byte b : text.substring(path).getBytes(StandardCharsets.UTF_8)) {
      if (b > 0 && LEGAL.indexOf(b) >= 0) {
        escaped.append((char) b);
      } else {
        escaped.append('%').append(String.format("%02X", b & 0xff));
      }
    }
    return escaped.toString();
  }

  /**
   * The place that a server sends us to.
   *
   * @param allowed the protocols that may be used
   * @return empty if it cannot be used
   */
  static Optional<URI> redirected(URI from, String location, Set<String> allowed) {
    try {
      URI to = from.resolve(new URI(escaped(location)));
      String scheme = to.getScheme();
      return scheme != null
              && to.getHost() != null
              && allowed.contains(scheme.toLowerCase(Locale.ROOT))
          ? Optional.of(to)
          : Optional.empty();
    } catch (URISyntaxException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** How it is shown: what stands behind the question mark may be secret. */
  static String shown(URI uri) {
    String all = uri.toString();
    int query = all.indexOf('?');
    return query < 0 ? all : all.substring(0, query) + "?...";
  }

  /** Whether two places are on the same server, so that one may see what is meant for the other. */
  static boolean sameServer(URI one, URI other) {
    return one.getScheme().equalsIgnoreCase(other.getScheme())
        && one.getHost().equalsIgnoreCase(other.getHost())
        && port(one) == port(other);
  }

  static int port(URI uri) {
    if (uri.getPort() >= 0) {
      return uri.getPort();
    }
    return uri.getScheme().equalsIgnoreCase("https") ? 443 : 80;
  }
}
