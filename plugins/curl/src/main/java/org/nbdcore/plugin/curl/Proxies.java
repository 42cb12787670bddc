package org.nbdcore.plugin.curl;

import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nbdcore.spi.ConfigException;

/**
 * Selects the proxy for a server: that of the user, otherwise that of the environment. The
 * variables are those of curl: {@code http_proxy}, {@code HTTPS_PROXY}, {@code ALL_PROXY} and
 * {@code NO_PROXY}; all except the first also in lower case.
 */
final class Proxies {

  private static final Pattern FORM =
      Pattern.compile(
          "(?:([A-Za-z0-9]+)://)?(?:([^@/]*)@)?(\\[[0-9A-Fa-f:.]+]|[^:/\\[\\]]+)(?::(\\d{1,5}))?/?");

  private static final int USUAL_PORT = 1080;

  /**
   * A proxy.
   *
   * @param socks true for a SOCKS proxy, false for an HTTP proxy
   * @param userInfo {@code user} or {@code user:password} from its URL
   */
  record Proxy(boolean socks, String host, int port, Optional<String> userInfo) {

    /**
     * Reads {@code [protocol://][user[:password]@]host[:port]}; without a port it is 1080.
     *
     * @throws ConfigException with a message that continues after the key
     */
    static Proxy parse(String text) throws ConfigException {
      Matcher matcher = FORM.matcher(text);
      if (!matcher.matches()) {
        throw new ConfigException("must be [http://|socks5://]HOST[:PORT]");
      }
      String protocol =
          matcher.group(1) == null ? "http" : matcher.group(1).toLowerCase(Locale.ROOT);
      boolean socks = protocol.startsWith("socks");
      if (!socks && !protocol.equals("http")) {
        throw new ConfigException(
            "must be reached by http:// or socks5://, not "
                + protocol
                + ":, which is not supported");
      }
      return new Proxy(
          socks,
          matcher.group(3),
          matcher.group(4) == null ? USUAL_PORT : Integer.parseInt(matcher.group(4)),
          Optional.ofNullable(matcher.group(2)));
    }
  }

  private final Optional<String> named;
  private final Map<String, String> environment;

  /**
   * @param named the value of {@code proxy=}; empty text for no proxy
   */
  Proxies(Optional<String> named, Map<String, String> environment) {
    this.named = named;
    this.environment = environment;
  }

  /** The proxy for an address, if there is one. */
  Optional<Proxy> of(URI uri) throws ConfigException {
    if (named.isPresent()) {
      return named.get().isEmpty() ? Optional.empty() : Optional.of(Proxy.parse(named.get()));
    }
    if (excepted(uri.getHost().toLowerCase(Locale.ROOT))) {
      return Optional.empty();
    }
    // HTTP_PROXY is not among them: a CGI program's client can set that
    String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    String found =
        scheme.equals("https") ? first("https_proxy", "HTTPS_PROXY") : first("http_proxy");
    if (found == null) {
      found = first("all_proxy", "ALL_PROXY");
    }
    return found == null || found.isEmpty() ? Optional.empty() : Optional.of(Proxy.parse(found));
  }

  private String first(String... names) {
    for (String name : names) {
      if (environment.containsKey(name)) {
        return environment.get(name);
      }
    }
    return null;
  }

  private boolean excepted(String host) {
    String list = first("no_proxy", "NO_PROXY");
    return list != null && new NoProxy(list.toLowerCase(Locale.ROOT)).has(host);
  }
}
