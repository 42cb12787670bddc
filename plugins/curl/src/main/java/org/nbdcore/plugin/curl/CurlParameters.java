package org.nbdcore.plugin.curl;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.FileNames;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.Secret;

/** The parameters of the plugin, and the file on the web that they describe. */
final class CurlParameters {

  static final Parameter<WebAddress> URL =
      Parameter.of("url", "URL", "Address of the disk image: http or https.", WebAddress::parse)
          .required()
          .magic();
  static final Parameter<Path> CAINFO =
      Parameter.of(
          "cainfo",
          "FILE",
          "PEM certificates of the authorities to trust; empty for none.",
          text -> text.isEmpty() ? Path.of("") : FileNames.absolute(text));
  static final Parameter<Path> CAPATH =
      Parameter.path("capath", "Folder of PEM certificates of the authorities to trust.")
          .placeholder("DIR");
  static final Parameter<Long> CONNECTIONS =
      Parameter.integer(
              "connections", 1, 10_000, "Maximum number of connections to the web server.")
          .defaultValue(16L);
  static final Parameter<Secret> COOKIE =
      Parameter.password("cookie", "Cookies to send: name=value; name=value.")
          .placeholder("COOKIE|-|+FILE|-FD");
  static final Parameter<Path> COOKIEFILE =
      Parameter.of(
              "cookiefile",
              "[FILE]",
              "Store cookies that servers set; begin with those of a file.",
              text -> text.isEmpty() ? Path.of("") : FileNames.absolute(text))
          .repeatable();
  static final Parameter<Path> COOKIEJAR =
      Parameter.path("cookiejar", "Like cookiefile, and write the cookies to this file at the end.")
          .placeholder("FILE");
  static final Parameter<String> COOKIE_SCRIPT =
      Parameter.string("cookie-script", "Shell script that prints the cookies to send.")
          .placeholder("SCRIPT");
  static final Parameter<Duration> COOKIE_SCRIPT_RENEW =
      Parameter.duration("cookie-script-renew", "Run cookie-script again after this time.")
          .placeholder("SECS");
  static final Parameter<Boolean> FOLLOWLOCATION =
      Parameter.bool("followlocation", "Whether to follow redirects.").defaultValue(true);
  static final Parameter<String> HEADER =
      Parameter.string(
              "header",
              "Header to send: 'Name: value'; 'Name:' removes one; 'Name;' sends an empty one.")
          .placeholder("HEADER")
          .repeatable()
          .secret();
  static final Parameter<String> HEADER_SCRIPT =
      Parameter.string("header-script", "Shell script that prints headers to send.")
          .placeholder("SCRIPT");
  static final Parameter<Duration> HEADER_SCRIPT_RENEW =
      Parameter.duration("header-script-renew", "Run header-script again after this time.")
          .placeholder("SECS");
  static final Parameter<String> HTTP_VERSION =
      Parameter.of(
              "http-version",
              "none|1.1",
              "Version of HTTP; only 1.1 is supported.",
              CurlParameters::httpVersion)
          .defaultValue("none");
  static final Parameter<String> IPRESOLVE =
      Parameter.choice("ipresolve", List.of("any", "v4", "v6"), "IP version to use.")
          .defaultValue("any");
  static final Parameter<Secret> PASSWORD =
      Parameter.password("password", "Password for the login.");
  static final Parameter<Set<String>> ALLOWED =
      Parameter.of(
          "protocols",
          "PROTO,PROTO,...",
          "Allowed protocols, also for redirects.",
          CurlParameters::protocols);
  static final Parameter<String> PROXY =
      Parameter.of(
          "proxy",
          "[PROTO://]HOST[:PORT]",
          "Proxy (http or socks5); empty for none, even if the environment sets one.",
          text -> {
            if (!text.isEmpty()) {
              Proxies.Proxy.parse(text);
            }
            return text;
          });
  static final Parameter<String> PROXY_CAINFO =
      Parameter.string("proxy-cainfo", "Refused: proxies over https are not supported.");
  static final Parameter<String> PROXY_CAPATH =
      Parameter.string("proxy-capath", "Refused: proxies over https are not supported.");
  static final Parameter<Secret> PROXY_PASSWORD =
      Parameter.password("proxy-password", "Password for the proxy.");
  static final Parameter<String> PROXY_USER =
      Parameter.string("proxy-user", "User name for the proxy.").placeholder("USER");
  static final Parameter<String> RESOLVE =
      Parameter.string("resolve", "Address of a host: HOST:PORT:ADDRESS.")
          .placeholder("HOST:PORT:ADDRESS")
          .repeatable();
  static final Parameter<Boolean> SSLVERIFY =
      Parameter.bool("sslverify", "Whether to check the server's certificate.").defaultValue(true);
  static final Parameter<List<String>> SSL_CIPHER_LIST =
      Parameter.of(
          "ssl-cipher-list", "CIPHER[:CIPHER...]", "Ciphers of TLS 1.2.", TlsChoice::ciphers);
  static final Parameter<String> SSL_VERSION =
      Parameter.choice("ssl-version", TlsChoice.VERSIONS, "Minimum or maximum TLS version.")
          .defaultValue("default");
  static final Parameter<Boolean> TCP_KEEPALIVE =
      Parameter.bool("tcp-keepalive", "Whether to enable TCP keepalive.").defaultValue(false);
  static final Parameter<Boolean> TCP_NODELAY =
      Parameter.bool("tcp-nodelay", "Whether to send small packets at once.").defaultValue(true);
  static final Parameter<Duration> TIMEOUT =
      Parameter.duration("timeout", "Maximum time of a request; 0 for no limit while data arrives.")
          .placeholder("SECS")
          .defaultValue(Duration.ZERO);
  static final Parameter<List<String>> TLS13_CIPHERS =
      Parameter.of(
          "tls13-ciphers", "CIPHER[:CIPHER...]", "Ciphers of TLS 1.3.", TlsChoice::ciphers);
  static final Parameter<Path> UNIX_SOCKET_PATH =
      Parameter.path(
              "unix-socket-path", "Connect to this Unix socket instead of the host in the URL.")
          .alias("unix_socket_path");
  static final Parameter<String> USER =
      Parameter.string("user", "User name for the login.").placeholder("USER");
  static final Parameter<String> USER_AGENT =
      Parameter.string("user-agent", "User-Agent to send; none by default.");

  static final List<Parameter<?>> ALL =
      List.of(
          URL,
          CAINFO,
          CAPATH,
          CONNECTIONS,
          COOKIE,
          COOKIEFILE,
          COOKIEJAR,
          COOKIE_SCRIPT,
          COOKIE_SCRIPT_RENEW,
          FOLLOWLOCATION,
          HEADER,
          HEADER_SCRIPT,
          HEADER_SCRIPT_RENEW,
          HTTP_VERSION,
          IPRESOLVE,
          PASSWORD,
          ALLOWED,
          PROXY,
          PROXY_CAINFO,
          PROXY_CAPATH,
          PROXY_PASSWORD,
          PROXY_USER,
          RESOLVE,
          SSLVERIFY,
          SSL_CIPHER_LIST,
          SSL_VERSION,
          TCP_KEEPALIVE,
          TCP_NODELAY,
          TIMEOUT,
          TLS13_CIPHERS,
          UNIX_SOCKET_PATH,
          USER,
          USER_AGENT);

  private static final Log LOG = Log.of("curl");

  private CurlParameters() {}

  private static String httpVersion(String text) throws ConfigException {
    return switch (text) {
      case "none", "1.1" -> text;
      case "1.0", "2.0", "2TLS", "2-prior-knowledge", "3", "3only" ->
          throw new ConfigException(
              text + " is not supported; it must be 1.1, or none, which means 1.1");
      default -> throw new ConfigException("must be none or 1.1, not " + text);
    };
  }

  private static Set<String> protocols(String text) throws ConfigException {
    Set<String> named = new TreeSet<>(List.of(text.toLowerCase(Locale.ROOT).split(",")));
    if (!named.stream().allMatch(name -> name.matches("[a-z0-9]+"))) {
      throw new ConfigException("must be names separated by commas, such as http,https");
    }
    return named;
  }

  static Plugin plugin(Config config, Map<String, String> environment) throws ConfigException {
    WebAddress address = config.get(URL);
    Set<String> allowed = new TreeSet<>(WebAddress.PROTOCOLS);
    config.find(ALLOWED).ifPresent(allowed::retainAll);
    String scheme = address.uri().getScheme().toLowerCase(Locale.ROOT);
    if (!allowed.contains(scheme)) {
      throw new ConfigException(
          "protocols does not allow "
              + scheme
              + ", which url="
              + WebAddress.shown(address.uri())
              + " needs");
    }
    exclusive(config, HEADER, HEADER_SCRIPT);
    exclusive(config, COOKIE, COOKIE_SCRIPT);
    needs(config, HEADER_SCRIPT_RENEW, HEADER_SCRIPT);
    needs(config, COOKIE_SCRIPT_RENEW, COOKIE_SCRIPT);
    for (Parameter<?> proxy : List.of(PROXY_CAINFO, PROXY_CAPATH)) {
      if (config.has(proxy)) {
        throw new ConfigException(
            proxy.key() + " is for proxies over https, which are not supported");
      }
    }
    WebSettings.Headers headers = headers(config, address.uri());
    CookieStore.Given cookies = cookies(config, address.uri());
    HostResolver addresses = addresses(config);
    boolean verbose = config.debug(CurlProvider.VERBOSE) != 0;
    return new CurlPlugin(
        times -> {
          CookieStore jar = kept(config, address.uri(), cookies);
          WebSettings settings =
              settings(config, address, allowed, headers, addresses, environment);
          return new CurlPlugin.Opened(
              new WebFile(settings, jar, times, verbose ? LOG : null), jar);
        },
        config.debug(CurlProvider.TIMES) != 0);
  }

  private static void exclusive(Config config, Parameter<?> one, Parameter<?> other)
      throws ConfigException {
    if (config.has(one) && config.has(other)) {
      throw new ConfigException(one.key() + " cannot be combined with " + other.key());
    }
  }

  private static void needs(Config config, Parameter<?> one, Parameter<?> other)
      throws ConfigException {
    if (config.has(one) && !config.has(other)) {
      throw new ConfigException(one.key() + " needs " + other.key());
    }
  }

  private static HostResolver addresses(Config config) throws ConfigException {
    try {
      return HostResolver.of(config.get(IPRESOLVE), config.all(RESOLVE));
    } catch (ConfigException e) {
      throw new ConfigException(RESOLVE.key() + " " + e.getMessage(), e);
    }
  }

  private static WebSettings.Headers headers(Config config, URI url) throws ConfigException {
    if (!config.has(HEADER_SCRIPT)) {
      HeaderLines fixed = parsed("header", config.all(HEADER));
      return () -> fixed;
    }
    HeaderScript script = script(config, HEADER_SCRIPT, HEADER_SCRIPT_RENEW, url);
    return () -> {
      try {
        return parsed("header-script", script.lines());
      } catch (ConfigException e) {
        throw new NbdException(NbdError.EIO, e.getMessage(), e);
      }
    };
  }

  private static HeaderLines parsed(String key, List<String> lines) throws ConfigException {
    try {
      return HeaderLines.parse(lines);
    } catch (ConfigException e) {
      throw new ConfigException(key + " " + e.getMessage(), e);
    }
  }

  private static CookieStore.Given cookies(Config config, URI url) {
    if (!config.has(COOKIE_SCRIPT)) {
      List<String> fixed = config.find(COOKIE).map(Secret::reveal).map(List::of).orElse(List.of());
      return () -> fixed;
    }
    HeaderScript script = script(config, COOKIE_SCRIPT, COOKIE_SCRIPT_RENEW, url);
    return () -> script.lines().stream().limit(1).toList();
  }

  private static HeaderScript script(
      Config config, Parameter<String> text, Parameter<Duration> renew, URI url) {
    return new HeaderScript(
        text.key(),
        config.get(text),
        url.toString(),
        config.find(renew).orElse(Duration.ZERO),
        config.debug(CurlProvider.SCRIPTS) != 0 ? LOG : null);
  }

  private static CookieStore kept(Config config, URI url, CookieStore.Given given)
      throws IOException {
    if (!config.has(COOKIEFILE) && !config.has(COOKIEJAR)) {
      return CookieStore.forgetful(given);
    }
    List<Path> files = new ArrayList<>(config.all(COOKIEFILE));
    files.removeIf(file -> file.toString().isEmpty());
    Optional<Path> jar = config.find(COOKIEJAR);
    jar.filter(file -> file.toFile().exists()).ifPresent(files::add);
    return CookieStore.keeping(given, url, files, jar);
  }

  private static WebSettings settings(
      Config config,
      WebAddress address,
      Set<String> allowed,
      WebSettings.Headers headers,
      HostResolver addresses,
      Map<String, String> environment)
      throws IOException {
    boolean verified = config.get(SSLVERIFY);
    List<String> ciphers = new ArrayList<>(config.find(TLS13_CIPHERS).orElse(List.of()));
    ciphers.addAll(config.find(SSL_CIPHER_LIST).orElse(List.of()));
    Optional<Path> socket = config.find(UNIX_SOCKET_PATH);
    Optional<String> proxy = socket.isPresent() ? Optional.of("") : config.find(PROXY);
    return new WebSettings(
        address.uri(),
        user(config, address).map(CurlParameters::basic),
        headers,
        config.find(USER_AGENT),
        config.get(FOLLOWLOCATION),
        allowed,
        Math.toIntExact(config.get(CONNECTIONS)),
        config.get(TIMEOUT),
        config.get(TCP_KEEPALIVE),
        config.get(TCP_NODELAY),
        socket,
        CertificateTrust.of(verified, config.find(CAINFO), config.find(CAPATH)),
        !verified,
        TlsChoice.versions(config.get(SSL_VERSION)),
        ciphers,
        addresses,
        new Proxies(proxy, environment),
        userInfo(config, PROXY_USER, PROXY_PASSWORD));
  }

  /** The user name. Parameters take precedence over the URL. */
  private static Optional<String> user(Config config, WebAddress address) {
    String[] named = address.userInfo().orElse("").split(":", 2);
    if (!config.has(USER) && !config.has(PASSWORD) && address.userInfo().isEmpty()) {
      return Optional.empty();
    }
    String password = named.length > 1 ? named[1] : "";
    return Optional.of(
        config.find(USER).orElse(named[0])
            + ":"
            + config.find(PASSWORD).map(Secret::reveal).orElse(password));
  }

  private static Optional<String> userInfo(
      Config config, Parameter<String> user, Parameter<Secret> password) {
    return config.has(user) || config.has(password)
        ? Optional.of(
            config.find(user).orElse("")
                + ":"
                + config.find(password).map(Secret::reveal).orElse(""))
        : Optional.empty();
  }

  static String basic(String userInfo) {
    String pair = userInfo.contains(":") ? userInfo : userInfo + ":";
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }
}
