package org.nbdcore.plugin.curl;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nbdcore.spi.ConfigException;

/**
 * The address of a file on the web.
 *
 * @param uri without user and password
 * @param userInfo {@code user} or {@code user:password} from the URL
 */
record WebAddress(URI uri, Optional<String> userInfo) {

  private static final int LAST_PORT = 0xffff;

  /** An address that can be fetched. */
  static final List<String> PROTOCOLS = List.of("http", "https");

  /**
   * Characters that stay unchanged in a URL; other characters that a URI must not contain are
   * escaped.
   */
  private static final String LEGAL =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?#@!$&'()*+,;=%";

  private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:/+");

  /**
   * Parses a URL more leniently than RFC 3986: it may contain blanks, brackets and similar
   * characters, as the names of VMware's datastores do.
   */
  static WebAddress parse(String text) throws ConfigException {
    try {
      URI uri = new URI(escaped(text));
      String scheme = uri.getScheme();
      if (scheme == null || uri.getRawAuthority() == null || uri.getHost() == null) {
        throw new ConfigException("must be of the form http://HOST/PATH, not " + redacted(text));
      }
      if (uri.getPort() > LAST_PORT) {
        throw new ConfigException("must have a port up to " + LAST_PORT + ", not " + uri.getPort());
      }
      if (!PROTOCOLS.contains(scheme.toLowerCase(Locale.ROOT))) {
        throw new ConfigException(
            "must begin with http:// or https://, not " + scheme + ":, which is not supported");
      }
      Optional<String> userInfo = Optional.ofNullable(uri.getUserInfo());
      return new WebAddress(userInfo.isEmpty() ? uri : withoutUser(uri), userInfo);
    } catch (URISyntaxException e) {
      // Without the cause, whose message contains the whole URL.
      throw new ConfigException("is not a URL: " + e.getReason() + ": " + redacted(text));
    }
  }

  /**
   * Redacts a text that may not be a URL: removes a possible user and password, with any
   * characters, and everything after the question mark.
   */
  private static String redacted(String text) {
    int at = text.lastIndexOf('@');
    if (at < 0) {
      return withoutQuery(text);
    }
    Matcher scheme = SCHEME.matcher(text);
    int query = text.indexOf('?');
    return (scheme.lookingAt() ? scheme.group() : "")
        + "..."
        + (query >= 0 && query < at ? "" : withoutQuery(text.substring(at)));
  }

  private static String withoutQuery(String text) {
    int query = text.indexOf('?');
    return query < 0 ? text : text.substring(0, query) + "?...";
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
        escaped.append('%').append(String.format(Locale.ROOT, "%02X", b & 0xff));
      }
    }
    return escaped.toString();
  }

  /**
   * The target of a redirect.
   *
   * @param allowed the protocols that may be used
   * @return empty if it cannot be used
   */
  static Optional<URI> redirected(URI from, String location, Set<String> allowed) {
    try {
      URI to = from.resolve(new URI(escaped(location)));
      String scheme = to.getScheme();
      boolean usable =
          scheme != null
              && isComplete(to)
              && to.getRawUserInfo() == null // a server must not choose the user name
              && allowed.contains(scheme.toLowerCase(Locale.ROOT));
      return usable ? Optional.of(to) : Optional.empty();
    } catch (URISyntaxException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** True if there is a host. Java also accepts addresses without one. */
  static boolean isComplete(URI uri) {
    return uri.getHost() != null && uri.getPort() <= LAST_PORT;
  }

  /** The address for messages: without user, password and query, which may be secret. */
  static String shown(URI uri) {
    return uri.getRawUserInfo() == null ? withoutQuery(uri.toString()) : redacted(uri.toString());
  }

  /** Like {@link #shown(URI)}, for the target of a redirect, which need not be a URL. */
  static String shown(String location) {
    return redacted(location);
  }

  /**
   * True if two addresses are on the same server, so that credentials for one may be sent to the
   * other.
   */
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

  /** Without the password. */
  @Override
  public String toString() {
    return shown(uri);
  }
}
