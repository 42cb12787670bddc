package org.nbdcore.plugin.curl;

import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/**
 * Follows redirects. It keeps the final address for later reads, so they need no redirect. If it
 * fails, as a signed address does after some minutes, the original URL is requested again. Safe for
 * use by many threads.
 */
final class Redirects implements Closeable {

  static final int MAX_REDIRECTS = 30;
  private static final Set<Integer> STATUSES = Set.of(301, 302, 303, 307, 308);

  private final WebSettings settings;
  private final WebRequests requests;
  private final TransferTimes times;
  private volatile URI last; // address of the last successful request; initially the URL

  Redirects(WebSettings settings, WebRequests requests, TransferTimes times) {
    this.settings = settings;
    this.requests = requests;
    this.times = times;
    last = settings.url();
  }

  /** Sends a HEAD request, to the original URL. */
  WebResponse head() throws IOException {
    return follow(settings.url(), "HEAD", null);
  }

  /** Requests a part of the file. */
  WebResponse get(String range) throws IOException {
    URI from = last;
    if (from.equals(settings.url())) {
      return follow(from, "GET", range);
    }
    try {
      WebResponse response = follow(from, "GET", range);
      if (response.status() == WebFile.PARTIAL) {
        return response;
      }
      response.close();
    } catch (IOException e) {
      requests.show(
          () -> WebAddress.shown(from) + " fails, asking the URL again: " + e.getMessage());
    }
    last = settings.url();
    return follow(settings.url(), "GET", range);
  }

  private WebResponse follow(URI from, String method, String range) throws IOException {
    URI at = from;
    for (int i = 0; i <= MAX_REDIRECTS; i++) {
      long start = System.nanoTime();
      WebResponse response = requests.send(at, method, range, start);
      Optional<URI> next;
      try {
        next =
            settings.follow()
                ? target(at, response, settings.protocols(), settings.url())
                : Optional.empty();
      } catch (IOException | RuntimeException e) {
        response.close();
        throw e;
      }
      if (next.isEmpty()) {
        times.answered(System.nanoTime() - start);
        if (response.status() == WebFile.PARTIAL) {
          last = at;
        }
        return response;
      }
      response.close();
      times.redirected(System.nanoTime() - start);
      at = next.get();
    }
    throw new NbdException(
        NbdError.EIO, shown() + ": the server redirects more than " + MAX_REDIRECTS + " times");
  }

  /**
   * The target of a redirect, if the response is one.
   *
   * @param at the address that was requested
   * @param protocols the allowed ones, in lower case
   * @param url the address that the user knows, for the message
   */
  static Optional<URI> target(URI at, WebResponse response, Set<String> protocols, URI url)
      throws IOException {
    Optional<String> location = response.header("Location");
    if (!STATUSES.contains(response.status()) || location.isEmpty()) {
      return Optional.empty();
    }
    Optional<URI> to = WebAddress.redirected(at, location.get(), protocols);
    if (to.isEmpty()) {
      throw new NbdException(
          NbdError.EIO,
          String.format(
              Locale.ROOT,
              "%s: the server redirects to %s, which is not allowed or not supported"
                  + " (allowed: %s, without a user name)",
              WebAddress.shown(url),
              WebAddress.shown(location.get()),
              String.join(", ", protocols)));
    }
    return to;
  }

  private String shown() {
    return WebAddress.shown(settings.url());
  }

  @Override
  public void close() {
    requests.close();
  }
}
