package org.nbdcore.plugin.cdi;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/** A download that resumes after a broken connection. */
final class ResumingStream extends InputStream {

  /** Broken connections without a byte in between. */
  private static final int ATTEMPTS = 5;

  private static final Duration DELAY = Duration.ofSeconds(1);

  /** Requests the rest of the blob. */
  @FunctionalInterface
  interface Opener {
    /**
     * Opens.
     *
     * @param from offset of the first byte
     */
    InputStream open(long from) throws IOException;
  }

  private final Opener opener;
  private final long size;
  private final RetryDelay pause;
  private final String shown;
  private final byte[] single = new byte[1];
  private InputStream in; // null without a connection
  private long at;
  private int failures;

  /**
   * @param size of the blob in bytes
   * @param shown name of the image, for messages
   */
  ResumingStream(Opener opener, long size, RetryDelay pause, String shown) {
    this.opener = opener;
    this.size = size;
    this.pause = pause;
    this.shown = shown;
  }

  @Override
  public int read() throws IOException {
    return read(single, 0, 1) < 0 ? -1 : single[0] & 0xff;
  }

  @Override
  public int read(byte[] dst, int offset, int length) throws IOException {
    while (true) {
      IOException failure;
      try {
        if (in == null) {
          in = opener.open(at);
        }
        int count = in.read(dst, offset, length);
        if (count >= 0) {
          at += count;
          failures = count > 0 ? 0 : failures;
          return count;
        }
        if (at >= size) {
          return -1;
        }
        failure = new EOFException("it ends");
      } catch (NbdException e) {
        throw e; // RegistryClient has already repeated the request
      } catch (IOException e) {
        failure = e;
      }
      failed(failure);
    }
  }

  private void failed(IOException failure) throws IOException {
    close();
    failures++;
    if (failures > ATTEMPTS) {
      throw new NbdException(
          NbdError.EIO,
          shown
              + ": the download fails again and again after "
              + at
              + " of "
              + size
              + " bytes: "
              + failure.getMessage(),
          failure);
    }
    pause.sleep(DELAY.multipliedBy(failures).toNanos());
  }

  @Override
  public void close() throws IOException {
    if (in != null) {
      in.close();
      in = null;
    }
  }
}
