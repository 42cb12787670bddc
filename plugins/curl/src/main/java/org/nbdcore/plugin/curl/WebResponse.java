package org.nbdcore.plugin.curl;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/**
 * The response of a web server. Closing it before the end of a long body drops the connection. Not
 * safe for use by several threads.
 */
public final class WebResponse implements Closeable {

  private static final int CHUNK = 1 << 16;

  private final URI url;
  private final ClassicHttpResponse raw;
  private final Cancellable request;
  private final long asked;
  private final Duration timeout;
  private final TransferTimes times;

  /**
   * @param url the address that was requested
   * @param request the request of this response
   * @param asked time of the request, as {@link System#nanoTime}
   * @param timeout for request and response together; zero for none
   */
  WebResponse(
      URI url,
      ClassicHttpResponse raw,
      Cancellable request,
      long asked,
      Duration timeout,
      TransferTimes times) {
    this.request = request;
    this.url = url;
    this.raw = raw;
    this.asked = asked;
    this.timeout = timeout;
    this.times = times;
  }

  ClassicHttpResponse raw() {
    return raw;
  }

  /** The status code, such as 200. */
  public int status() {
    return raw.getCode();
  }

  /** The reason phrase of the status; may be empty. */
  public String reason() {
    return raw.getReasonPhrase() == null ? "" : raw.getReasonPhrase();
  }

  /** The first header of a name. */
  public Optional<String> header(String name) {
    Header header = raw.getFirstHeader(name);
    return header == null ? Optional.empty() : Optional.ofNullable(header.getValue());
  }

  /** All headers of a name. */
  public List<String> headers(String name) {
    List<String> values = new ArrayList<>();
    for (Header header : raw.getHeaders(name)) {
      if (header.getValue() != null) {
        values.add(header.getValue());
      }
    }
    return values;
  }

  /**
   * True if the server of {@code address} has sent this response, and not the target of a redirect.
   */
  public boolean isOfServer(URI address) {
    return WebAddress.sameServer(url, address);
  }

  /** The body; close the response, not this stream. */
  public InputStream body() throws IOException {
    HttpEntity entity = raw.getEntity();
    return entity == null ? InputStream.nullInputStream() : entity.getContent();
  }

  /**
   * Fills {@code dst} with the whole body, which must have exactly {@code dst.remaining()} bytes.
   */
  void read(ByteBuffer dst) throws IOException {
    long start = System.nanoTime();
    HttpEntity entity = raw.getEntity();
    byte[] chunk = new byte[Math.min(CHUNK, dst.remaining())];
    try (InputStream in = entity == null ? InputStream.nullInputStream() : entity.getContent()) {
      while (dst.hasRemaining()) {
        int count = in.read(chunk, 0, Math.min(chunk.length, dst.remaining()));
        if (count < 0) {
          throw new NbdException(
              NbdError.EIO,
              "the web server's response ends " + dst.remaining() + " bytes too early");
        }
        dst.put(chunk, 0, count);
        checkTime();
      }
      if (in.read() >= 0) {
        throw new NbdException(
            NbdError.EIO, "the web server's response is longer than its Content-Length");
      }
    }
    times.transferred(System.nanoTime() - start);
  }

  private void checkTime() throws NbdException {
    if (!timeout.isZero() && System.nanoTime() - asked > timeout.toNanos()) {
      throw new NbdException(
          NbdError.EIO, "the web server took longer than timeout=" + timeout.toSeconds());
    }
  }

  @Override
  public void close() {
    HttpEntity entity = raw.getEntity();
    long length = entity == null ? 0 : entity.getContentLength();
    if (length < 0 || length > CHUNK) {
      request.cancel(); // otherwise the library reads all of the rest, which may be a whole disk
    }
    try {
      raw.close();
    } catch (IOException e) {
      // nothing is expected from this connection any more
    }
  }
}
