package org.nbdcore.plugin.curl;

import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/**
 * A file on a web server, asked for a part at a time (RFC 9110, "Range Requests"). Safe for use by
 * many threads.
 */
final class WebFile implements Closeable {

  private static final int MOST_REDIRECTS = 30;
  private static final int OK = 200;
  private static final int PARTIAL = 206;
  private static final int UNSATISFIABLE = 416;
  private static final Pattern PART = Pattern.compile("bytes (?:(\\d+)-(\\d+)|\\*)/(\\d+|\\*)");

  private final WebSettings settings;
  private final Cookies cookies;
  private final WebClient client;
  private final Times times;
  private final Log log; // null if requests are not to be shown

  /**
   * @param log where each request is shown, or null
   */
  WebFile(WebSettings settings, Cookies cookies, Times times, Log log) {
    this.settings = settings;
    this.cookies = cookies;
    this.times = times;
    this.log = log;
    client = new WebClient(settings);
  }

  /**
   * The length in bytes.
   *
   * @throws IOException if the server does not tell it, or cannot send parts of the file
   */
  long size() throws IOException {
    try (Response head = send("HEAD", null)) {
      Optional<String> length = head.header("Content-Length");
      boolean parts = head.header("Accept-Ranges").filter(v -> v.contains("bytes")).isPresent();
      if (head.status() == OK && parts && length.isPresent()) {
        return Long.parseLong(length.get().strip());
      }
    } catch (NumberFormatException e) {
      throw new NbdException(NbdError.EIO, shown() + ": the server tells no sensible length", e);
    }
    return sizeByPart(); // some servers answer HEAD with an error, or do not say what they can
  }

  private long sizeByPart() throws IOException {
    try (Response response = send("GET", "bytes=0-0")) {
      Matcher part = PART.matcher(response.header("Content-Range").orElse(""));
      boolean told = part.matches() && !part.group(3).equals("*");
      if (response.status() == UNSATISFIABLE && told && part.group(3).equals("0")) {
        return 0;
      }
      if (response.status() == OK) {
        throw noParts();
      }
      if (response.status() != PARTIAL) {
        throw refused(response);
      }
      if (!told) {
        throw new NbdException(NbdError.EIO, shown() + ": the server does not tell its length");
      }
      return Long.parseLong(part.group(3));
    } catch (NumberFormatException e) {
      throw new NbdException(NbdError.EIO, shown() + ": the server tells no sensible length", e);
    }
  }

  /**
   * Fills {@code dst} with what begins at {@code offset}.
   *
   * @param size as it was when the disk was opened
   */
  void read(ByteBuffer dst, long offset, long size) throws IOException {
    int length = dst.remaining();
    try (Response response = send("GET", "bytes=" + offset + "-" + (offset + length - 1))) {
      boolean whole = response.status() == OK && offset == 0 && length == size;
      if (response.status() == OK && !whole) {
        throw noParts();
      }
      if (!whole) {
        checkPart(response, offset, length, size);
      }
      response.read(dst);
    }
  }

  private void checkPart(Response response, long offset, int length, long size)
      throws NbdException {
    if (response.status() != PARTIAL) {
      throw refused(response);
    }
    String range = response.header("Content-Range").orElse("");
    Matcher part = PART.matcher(range);
    boolean right =
        part.matches()
            && String.valueOf(offset).equals(part.group(1))
            && String.valueOf(offset + length - 1).equals(part.group(2));
    if (!right) {
      throw new NbdException(
          NbdError.EIO,
          "%s: asked for %d bytes at %d, the server sent '%s'"
              .formatted(shown(), length, offset, range));
    }
    if (!part.group(3).equals("*") && !part.group(3).equals(String.valueOf(size))) {
      throw new NbdException(
          NbdError.EIO,
          "%s: its length was %d, and is %s now".formatted(shown(), size, part.group(3)));
    }
  }

  private NbdException noParts() {
    return new NbdException(
        NbdError.ENOTSUP,
        shown() + ": the server sends whole files only (no byte ranges); copy it to a file first");
  }

  private NbdException refused(Response response) {
    int status = response.status();
    boolean forbidden = status == 401 || status == 403 || status == 407;
    return new NbdException(
        forbidden ? NbdError.EPERM : NbdError.EIO,
        "%s: the server answered %d %s".formatted(shown(), status, response.reason()));
  }

  private String shown() {
    return Address.shown(settings.url());
  }

  /** Sends a request, and again to where the server sends us. */
  private Response send(String method, String range) throws IOException {
    URI at = settings.url();
    for (int i = 0; i <= MOST_REDIRECTS; i++) {
      long start = System.nanoTime();
      Response response = sendTo(at, method, range, start);
      Optional<URI> next;
      try {
        next = next(at, response);
      } catch (IOException | RuntimeException e) {
        response.close();
        throw e;
      }
      if (next.isEmpty()) {
        times.answered(System.nanoTime() - start);
        return response;
      }
      response.close();
      times.redirected(System.nanoTime() - start);
      at = next.get();
    }
    throw new NbdException(
        NbdError.EIO, shown() + ": the server sends us on more than " + MOST_REDIRECTS + " times");
  }

  private Response sendTo(URI at, String method, String range, long start) throws IOException {
    HeaderLines lines = settings.headers().lines();
    ClassicHttpRequest request = request(at, method, range, lines);
    try {
      Response response =
          new Response(client.send(at, request, lines.removed()), start, settings.timeout(), times);
      if (log != null) {
        log.debug("%s %s %s: %d".formatted(method, Address.shown(at), range, response.status()));
      }
      cookies.take(at, response.raw());
      return response;
    } catch (UnknownHostException e) {
      throw new NbdException(
          NbdError.EIO, Address.shown(at) + ": no address is known of " + e.getMessage(), e);
    } catch (IOException e) {
      throw new NbdException(NbdError.EIO, Address.shown(at) + ": " + e.getMessage(), e);
    }
  }

  private ClassicHttpRequest request(URI at, String method, String range, HeaderLines lines)
      throws IOException {
    ClassicHttpRequest request = new BasicClassicHttpRequest(method, at);
    request.setHeader("Accept", "*/*");
    if (range != null) {
      request.setHeader("Range", range);
    }
    settings.userAgent().ifPresent(agent -> request.setHeader("User-Agent", agent));
    if (Address.sameServer(at, settings.url())) {
      settings.authorization().ifPresent(value -> request.setHeader("Authorization", value));
    }
    cookies.header(at).ifPresent(value -> request.setHeader("Cookie", value));
    for (int i = 0; i < lines.added().size(); i++) {
      Header header = lines.added().get(i);
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

  /** Where the server sends us, if it does. */
  private Optional<URI> next(URI at, Response response) throws IOException {
    boolean elsewhere = Set.of(301, 302, 303, 307, 308).contains(response.status());
    Optional<String> location = response.header("Location");
    if (!elsewhere || location.isEmpty() || !settings.follow()) {
      return Optional.empty();
    }
    Optional<URI> to = Address.redirected(at, location.get(), settings.protocols());
    if (to.isEmpty()) {
      throw new NbdException(
          NbdError.EIO,
          "%s: the server sends us to %s, which is not allowed or understood (allowed: %s)"
              .formatted(shown(), location.get(), String.join(", ", settings.protocols())));
    }
    return to;
  }

  @Override
  public void close() {
    client.close();
  }
}
