package org.nbdcore.plugin.curl;

import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Parameter;

/**
 * Whole downloads from web servers, for other plugins: with the certificates, the proxies of the
 * environment and the limits of the plugin {@code curl}. Safe for use by many threads.
 */
public final class WebDownloader implements Closeable {

  /** The keys that {@link #of} reads. A plugin that downloads declares them, too. */
  public static final List<Parameter<?>> PARAMETERS =
      List.of(CurlParameters.CAINFO, CurlParameters.CAPATH, CurlParameters.SSLVERIFY);

  private static final int CONNECTIONS = 4;
  private static final String AUTHORIZATION = "Authorization";

  private final Set<String> protocols;
  private final WebRequests requests;

  private WebDownloader(WebSettings settings, Log log) {
    protocols = settings.protocols();
    CookieStore cookies = CookieStore.forgetful(List::of);
    requests = new WebRequests(settings, cookies, new TransferTimes(), log);
  }

  /**
   * Creates a downloader, and reads the certificates.
   *
   * @param home any address of the most used server
   * @param protocols the allowed ones: {@code http}, {@code https}
   * @param timeout for a connection, and for the next bytes of a response
   * @param log receives each request, without query and credentials
   */
  public static WebDownloader of(
      Config config,
      URI home,
      Set<String> protocols,
      Duration timeout,
      Map<String, String> environment,
      Log log)
      throws IOException {
    boolean verified = config.get(CurlParameters.SSLVERIFY);
    try {
      HeaderLines none = HeaderLines.parse(List.of());
      return new WebDownloader(
          new WebSettings(
              home,
              Optional.empty(),
              () -> none,
              Optional.empty(),
              true,
              protocols,
              CONNECTIONS,
              timeout,
              true,
              true,
              Optional.empty(),
              CertificateTrust.of(
                  verified, config.find(CurlParameters.CAINFO), config.find(CurlParameters.CAPATH)),
              !verified,
              TlsChoice.versions("default"),
              List.of(),
              HostResolver.of("any", List.of()),
              new Proxies(Optional.empty(), environment),
              Optional.empty()),
          log);
    } catch (ConfigException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** The value of the header Authorization for a login ("Basic"). */
  public static String basic(String user, String password) {
    return CurlParameters.basic(user + ":" + password);
  }

  /** True if a text is an address with a host and, if there is a port, a valid one. */
  public static boolean isAddress(String text) {
    try {
      return WebAddress.isComplete(new URI(text));
    } catch (URISyntaxException e) {
      return false;
    }
  }

  /**
   * An address as messages may show it: without its query, which may be secret.
   *
   * @param url of one of {@code http} and {@code https}
   */
  public static String shown(URI url) {
    return WebAddress.shown(url);
  }

  /**
   * Requests an address and follows redirects. Close the response.
   *
   * @param headers names and values; Authorization is sent to the server of {@code url} only
   * @throws NbdException with the address, if there is no response
   */
  public WebResponse get(URI url, Map<String, String> headers) throws IOException {
    URI at = url;
    for (int i = 0; i <= Redirects.MAX_REDIRECTS; i++) {
      WebResponse response = send("GET", at, url, headers, Optional.empty());
      Optional<URI> next;
      try {
        next = Redirects.target(at, response, protocols, url);
      } catch (IOException | RuntimeException e) {
        response.close();
        throw e;
      }
      if (next.isEmpty()) {
        return response;
      }
      response.close();
      at = next.get();
    }
    throw new NbdException(
        NbdError.EIO,
        shown(url) + ": the server redirects more than " + Redirects.MAX_REDIRECTS + " times");
  }

  /** Sends a form, encoded as in a URL's query. Redirects are not followed. Close the response. */
  public WebResponse post(URI url, String form) throws IOException {
    return send("POST", url, url, Map.of(), Optional.of(form));
  }

  private WebResponse send(
      String method, URI at, URI origin, Map<String, String> headers, Optional<String> form)
      throws IOException {
    HttpUriRequestBase request = new HttpUriRequestBase(method, at);
    request.setHeader("Accept", "*/*");
    boolean own = WebAddress.sameServer(at, origin);
    headers.forEach(
        (name, value) -> {
          if (own || !name.equalsIgnoreCase(AUTHORIZATION)) {
            request.setHeader(name, value);
          }
        });
    form.ifPresent(
        text ->
            request.setEntity(
                new StringEntity(
                    text,
                    ContentType.APPLICATION_FORM_URLENCODED.withCharset(StandardCharsets.UTF_8))));
    return requests.transmit(at, request, Set.of(), System.nanoTime());
  }

  /** Closes all connections. Requests in progress fail. */
  @Override
  public void close() {
    requests.close();
  }
}
