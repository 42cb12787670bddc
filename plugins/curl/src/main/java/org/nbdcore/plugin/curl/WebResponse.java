package org.nbdcore.plugin.curl;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/** The response of a web server. Closing it before its end drops the connection. */
final class WebResponse implements Closeable {

  private static final int CHUNK = 1 << 16;

  private final ClassicHttpResponse raw;
  private final long asked;
  private final Duration timeout;
  private final TransferTimes times;

  /**
   * @param asked when, on the clock of {@link System#nanoTime}
   * @param timeout of request and answer together; zero for none
   */
  WebResponse(ClassicHttpResponse raw, long asked, Duration timeout, TransferTimes times) {
    this.raw = raw;
    this.asked = asked;
    this.timeout = timeout;
    this.times = times;
  }

  ClassicHttpResponse raw() {
    return raw;
  }

  int status() {
    return raw.getCode();
  }

  /** The reason phrase of the status; may be empty. */
  String reason() {
    return raw.getReasonPhrase() == null ? "" : raw.getReasonPhrase();
  }

  /** The first header of a name. */
  Optional<String> header(String name) {
    Header header = raw.getFirstHeader(name);
    return header == null ? Optional.empty() : Optional.ofNullable(header.getValue());
  }

  /** Reads the whole body, which must have as many bytes as {@code dst} has room for. */
  void read(ByteBuffer dst) throws IOException {
    long start = System.nanoTime();
    HttpEntity entity = raw.getEntity();
    byte[] chunk = new byte[Math.min(CHUNK, dst.remaining())];
    try (InputStream in = entity == null ? InputStream.nullInputStream() : entity.getContent()) {
      while (dst.hasRemaining()) {
        int count = in.read(chunk, 0, Math.min(chunk.length, dst.remaining()));
        if (count < 0) {
          throw new NbdException(
              NbdError.EIO, "the web server's answer ends " + dst.remaining() + " bytes too early");
        }
        dst.put(chunk, 0, count);
        checkTime();
      }
      if (in.read() >= 0) {
        throw new NbdException(NbdError.EIO, "the web server's answer is longer than it says");
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
  public void close() throws IOException {
    raw.close();
  }
}
