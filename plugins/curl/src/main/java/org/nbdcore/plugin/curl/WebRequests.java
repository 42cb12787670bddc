package org.nbdcore.plugin.curl;

import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.Header;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/** Requests to web servers, one at a time. Safe for use by many threads. */
final class WebRequests implements Closeable {

  /** Headers that are sent only to the server of the URL, in lower case. */
  private static final Set<String> CREDENTIALS = Set.of("authorization", "cookie");

  private final WebSettings settings;
  private final CookieStore cookies;
  private final WebClient client;
  private final TransferTimes times;
  private final Log log; // null if requests are not to be shown

  /**
   * @param log receives each request, or null
   */
  WebRequests(WebSettings settings, CookieStore cookies, TransferTimes times, Log log) {
    this.settings = settings;
    this.cookies = cookies;
    this.times = times;
    this.log = log;
    client = new WebClient(settings);
  }

  /**
   * Sends one request, with the headers, the cookies and, only to the server of the URL, the
   * credentials.
   *
   * @param range the requested range, or null
   * @param start now, on the clock of {@link System#nanoTime}
   */
  WebResponse send(URI at, String method, String range, long start) throws IOException {
    HeaderLines lines = settings.headers().lines();
    return transmit(at, request(at, method, range, lines), lines.removed(), start);
  }

  /**
   * Sends a request as it is, without following redirects.
   *
   * @param removed headers never to send, in lower case
   * @param start now, on the clock of {@link System#nanoTime}
   */
  WebResponse transmit(URI at, HttpUriRequestBase request, Set<String> removed, long start)
      throws IOException {
    try {
      WebResponse response =
          new WebResponse(
              at, client.send(at, request, removed), request, start, settings.timeout(), times);
      Header range = request.getFirstHeader("Range");
      show(
          () ->
              String.format(
                  Locale.ROOT,
                  "%s %s %s: %d",
                  request.getMethod(),
                  WebAddress.shown(at),
                  range == null ? null : range.getValue(),
                  response.status()));
      cookies.take(at, response.raw());
      return response;
    } catch (UnknownHostException e) {
      throw new NbdException(
          NbdError.EIO, WebAddress.shown(at) + ": no address is known for " + e.getMessage(), e);
    } catch (IOException e) {
      throw new NbdException(NbdError.EIO, WebAddress.shown(at) + ": " + e.getMessage(), e);
    }
  }

  /** Logs a line if requests are logged. */
  void show(Supplier<String> line) {
    if (log != null) {
      log.debug(line);
    }
  }

  private HttpUriRequestBase request(URI at, String method, String range, HeaderLines lines)
      throws IOException {
    HttpUriRequestBase request = new HttpUriRequestBase(method, at);
    request.setHeader("Accept", "*/*");
    if (range != null) {
      request.setHeader("Range", range);
    }
    settings.userAgent().ifPresent(agent -> request.setHeader("User-Agent", agent));
    boolean own = WebAddress.sameServer(at, settings.url());
    if (own) {
      settings.authorization().ifPresent(value -> request.setHeader("Authorization", value));
    }
    cookies.header(at, own).ifPresent(value -> request.setHeader("Cookie", value));
    for (int i = 0; i < lines.added().size(); i++) {
      Header header = lines.added().get(i);
      if (!own && CREDENTIALS.contains(header.getName().toLowerCase(Locale.ROOT))) {
        continue;
      }
      boolean first =
          lines.added().subList(0, i).stream()
              .noneMatch(earlier -> earlier.getName().equalsIgnoreCase(header.getName()));
      if (first) {
        request.setHeader(header);
      } else {
        request.addHeader(header);
      }
    }
    return request;
  }

  @Override
  public void close() {
    client.close();
  }
}
