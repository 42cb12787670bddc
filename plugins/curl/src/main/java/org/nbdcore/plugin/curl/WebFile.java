package org.nbdcore.plugin.curl;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/**
 * A file on a web server, read with range requests (RFC 9110, "Range Requests"). Safe for use by
 * many threads.
 */
final class WebFile implements Closeable {

  static final int OK = 200;
  static final int PARTIAL = 206;
  private static final int UNSATISFIABLE = 416;
  private static final Pattern PART = Pattern.compile("bytes (?:(\\d+)-(\\d+)|\\*)/(\\d+|\\*)");

  private final WebSettings settings;
  private final Redirects requests;

  /**
   * @param log receives each request, or null
   */
  WebFile(WebSettings settings, CookieStore cookies, TransferTimes times, Log log) {
    this.settings = settings;
    requests = new Redirects(settings, new WebRequests(settings, cookies, times, log), times);
  }

  /**
   * The length in bytes.
   *
   * @throws IOException if the server does not report it, or does not support range requests
   */
  long size() throws IOException {
    try (WebResponse head = requests.head()) {
      Optional<String> length = head.header("Content-Length");
      boolean parts = head.header("Accept-Ranges").filter(v -> v.contains("bytes")).isPresent();
      if (head.status() == OK && parts && length.isPresent()) {
        return Long.parseLong(length.get().strip());
      }
    } catch (NumberFormatException e) {
      throw new NbdException(NbdError.EIO, shown() + ": the server reports an invalid length", e);
    }
    return sizeByPart(); // some servers refuse HEAD, or do not report what they support
  }

  private long sizeByPart() throws IOException {
    try (WebResponse response = requests.get("bytes=0-0")) {
      Matcher part = PART.matcher(response.header("Content-Range").orElse(""));
      boolean hasSize = part.matches() && !part.group(3).equals("*");
      if (response.status() == UNSATISFIABLE && hasSize && part.group(3).equals("0")) {
        return 0;
      }
      if (response.status() == OK) {
        throw noParts();
      }
      if (response.status() != PARTIAL) {
        throw refused(response);
      }
      if (!hasSize) {
        throw new NbdException(NbdError.EIO, shown() + ": the server does not report its length");
      }
      return Long.parseLong(part.group(3));
    } catch (NumberFormatException e) {
      throw new NbdException(NbdError.EIO, shown() + ": the server reports an invalid length", e);
    }
  }

  /**
   * Fills {@code dst} from {@code offset}.
   *
   * @param size of the file when the disk was opened
   */
  void read(ByteBuffer dst, long offset, long size) throws IOException {
    int length = dst.remaining();
    try (WebResponse response = requests.get("bytes=" + offset + "-" + (offset + length - 1))) {
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

  private void checkPart(WebResponse response, long offset, int length, long size)
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
          String.format(
              Locale.ROOT,
              "%s: asked for %d bytes at %d, the server sent '%s'",
              shown(),
              length,
              offset,
              range));
    }
    if (!part.group(3).equals("*") && !part.group(3).equals(String.valueOf(size))) {
      throw new NbdException(
          NbdError.EIO,
          String.format(
              Locale.ROOT, "%s: its length was %d, and is %s now", shown(), size, part.group(3)));
    }
  }

  private NbdException noParts() {
    return new NbdException(
        NbdError.ENOTSUP,
        shown() + ": the server sends whole files only (no byte ranges); copy it to a file first");
  }

  private NbdException refused(WebResponse response) {
    int status = response.status();
    boolean forbidden = status == 401 || status == 403 || status == 407;
    return new NbdException(
        forbidden ? NbdError.EPERM : NbdError.EIO,
        String.format(
            Locale.ROOT, "%s: the server answered %d %s", shown(), status, response.reason()));
  }

  private String shown() {
    return WebAddress.shown(settings.url());
  }

  @Override
  public void close() {
    requests.close();
  }
}
