package org.nbdcore.plugin.cdi;

import java.io.Closeable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.nbdcore.plugin.curl.WebDownloader;
import org.nbdcore.plugin.curl.WebResponse;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.NbdException;

/**
 * Sends requests to a registry. Logs in if the registry requires it, and repeats requests after
 * temporary failures.
 */
final class RegistryClient implements Closeable {

  private static final Log LOG = Log.of("cdi");
  private static final int ATTEMPTS = 4;
  private static final Duration FIRST_DELAY = Duration.ofSeconds(1);
  private static final long LONGEST_DELAY = 30;
  private static final String USER_AGENT = "nbd-core";

  private final URI base;
  private final WebDownloader web;
  private final RegistryLogin login;
  private final RetryDelay pause;

  /**
   * @param base ends with the repository and a slash
   */
  private RegistryClient(URI base, WebDownloader web, RegistryLogin login, RetryDelay pause) {
    this.base = base;
    this.web = web;
    this.login = login;
    this.pause = pause;
  }

  /** Reads certificates and credentials. */
  static RegistryClient open(
      RegistryName name, Config config, Map<String, String> environment, RetryDelay pause)
      throws IOException {
    boolean plain = config.get(CdiParameters.PLAIN_HTTP);
    String host = name.host();
    String server = host.equals(RegistryName.DOCKER_HUB) ? "registry-1.docker.io" : host;
    String scheme = plain ? "http" : "https";
    URI base = URI.create(scheme + "://" + server + "/v2/" + name.repository() + "/");
    Set<String> protocols = plain ? Set.of("http", "https") : Set.of("https");
    var credentials = CredentialFiles.find(name, config, environment);
    WebDownloader web =
        WebDownloader.of(
            config, base, protocols, config.get(CdiParameters.TIMEOUT), environment, LOG);
    return new RegistryClient(
        base, web, new RegistryLogin(web, name, protocols, credentials), pause);
  }

  /**
   * An address in the repository.
   *
   * @param path such as {@code manifests/latest}
   */
  URI uri(String path) {
    return base.resolve(path);
  }

  RetryDelay pause() {
    return pause;
  }

  /** Requests an address. Close the response, also if its status is an error. */
  WebResponse get(URI uri, Map<String, String> headers) throws IOException {
    Duration delay = FIRST_DELAY;
    for (int attempt = 1; ; attempt++) {
      boolean last = attempt == ATTEMPTS;
      try {
        WebResponse response = send(uri, headers);
        if (last || response.status() != 429 && response.status() / 100 != 5) {
          return response;
        }
        response.close();
        delay = wanted(response, delay);
      } catch (NbdException e) {
        if (last || lasting(e.getCause())) {
          throw explained(e);
        }
        LOG.debug(e.getMessage());
      }
      pause.sleep(delay.toNanos());
      delay = delay.multipliedBy(2);
    }
  }

  /** Sends a request, and repeats it with credentials if the registry requires a login. */
  private WebResponse send(URI uri, Map<String, String> headers) throws IOException {
    WebResponse response = authorized(uri, headers);
    boolean own = response.isOfServer(uri); // never send the credentials to another server
    if (response.status() == 401 && own) {
      try (response) {
        if (!login.answer(response.headers("WWW-Authenticate"))) {
          throw RegistryErrors.refused(login.shown(), response);
        }
      }
      return authorized(uri, headers);
    }
    return response;
  }

  private WebResponse authorized(URI uri, Map<String, String> headers) throws IOException {
    Map<String, String> all = new HashMap<>(headers);
    all.put("User-Agent", USER_AGENT);
    login.authorization().ifPresent(value -> all.put("Authorization", value));
    return web.get(uri, all);
  }

  private static Duration wanted(WebResponse response, Duration delay) {
    String text = response.header("Retry-After").orElse("");
    return text.matches("\\d{1,9}")
        ? Duration.ofSeconds(Math.min(Long.parseLong(text), LONGEST_DELAY))
        : delay;
  }

  /** True if a repetition is useless. Refusals have no cause. */
  private static boolean lasting(Throwable cause) {
    return cause == null
        || cause instanceof SSLException
        || cause instanceof UnknownHostException
        || cause instanceof ConnectException;
  }

  private static NbdException explained(NbdException e) {
    String cause = e.getCause() == null ? "" : String.valueOf(e.getCause().getMessage());
    return cause.contains("unrecognized SSL message")
        ? new NbdException(
            e.error(), e.getMessage() + "; plain-http=true is for a registry without TLS", e)
        : e;
  }

  @Override
  public void close() {
    web.close();
  }
}
