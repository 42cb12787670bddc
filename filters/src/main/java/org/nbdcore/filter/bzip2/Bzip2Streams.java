package org.nbdcore.filter.bzip2;

import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;

/**
 * The decompressed contents of all streams of a bzip2 file. Zeroes may follow the last stream,
 * because a disk may be larger than the file on it.
 */
final class Bzip2Streams extends InputStream {

  private final PushbackInputStream packed;
  private InputStream stream;

  Bzip2Streams(InputStream packed) throws IOException {
    this.packed = new PushbackInputStream(packed);
    stream = new BZip2CompressorInputStream(this.packed);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] dst, int offset, int length) throws IOException {
    while (stream != null) {
      int count = stream.read(dst, offset, length);
      if (count >= 0) {
        return count;
      }
      stream = next();
    }
    return -1;
  }

  private InputStream next() throws IOException {
    int first = packed.read();
    if (first <= 0) {
      return null;
    }
    packed.unread(first);
    return new BZip2CompressorInputStream(packed);
  }
}
