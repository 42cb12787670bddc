package org.nbdcore.plugin.cdi;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/** The bytes of a blob. {@link #finish} verifies its size and digest. */
final class VerifiedStream extends InputStream {

  private static final int BUFFER = 1 << 17;

  private final InputStream in;
  private final BlobDescriptor blob;
  private final String shown;
  private final MessageDigest digest;
  private final byte[] buffer = new byte[BUFFER];
  private int position;
  private int limit;
  private long received;
  private boolean ended;

  /**
   * @param shown description of the blob, for messages
   */
  VerifiedStream(InputStream in, BlobDescriptor blob, String shown) {
    this.in = in;
    this.blob = blob;
    this.shown = shown;
    this.digest = blob.digest().start();
  }

  /** True if there is at least one more byte, which then is in the buffer. */
  private boolean fill() throws IOException {
    while (position == limit && !ended) {
      position = 0;
      limit = 0;
      receive();
    }
    return position < limit;
  }

  /** Appends to the buffer, which must have room. */
  private void receive() throws IOException {
    int count = in.read(buffer, limit, BUFFER - limit);
    ended = count < 0;
    if (ended && received < blob.size()) {
      throw new NbdException(
          NbdError.EIO, shown + " ends at " + received + " of " + blob.size() + " bytes");
    }
    if (!ended) {
      received += count;
      if (received > blob.size()) {
        throw new NbdException(
            NbdError.EIO, shown + " is longer than its " + blob.size() + " bytes");
      }
      digest.update(buffer, limit, count);
      limit += count;
    }
  }

  /**
   * True if the layer starts with these bytes. Does not consume them. Call it before the first
   * read.
   */
  boolean startsWith(int... bytes) throws IOException {
    while (limit < bytes.length && !ended) {
      receive();
    }
    if (limit < bytes.length) {
      return false;
    }
    for (int i = 0; i < bytes.length; i++) {
      if ((buffer[i] & 0xff) != bytes[i]) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int read() throws IOException {
    return fill() ? buffer[position++] & 0xff : -1;
  }

  @Override
  public int read(byte[] dst, int offset, int length) throws IOException {
    if (length == 0 || !fill()) {
      return length == 0 ? 0 : -1;
    }
    int count = Math.min(length, limit - position);
    System.arraycopy(buffer, position, dst, offset, count);
    position += count;
    return count;
  }

  /** At least 1 before the end, because the JDK's gzip stream treats 0 as the end. */
  @Override
  public int available() throws IOException {
    return fill() ? limit - position : 0;
  }

  /**
   * Reads the rest, and verifies the digest.
   *
   * @throws IOException if the digest differs
   */
  void finish() throws IOException {
    while (fill()) {
      position = limit;
    }
    blob.digest().check(digest, shown);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
