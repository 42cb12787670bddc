package org.nbdcore.nfc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Decompresses the fragments of reads. For one thread. */
final class Decompressor implements AutoCloseable {

  private Inflater inflater;

  /**
   * Decompresses one fragment.
   *
   * @param src the fragment, little-endian, from position to limit
   * @param dst filled from position to limit
   * @throws NfcProtocolException if the fragment is damaged or does not fill dst exactly
   */
  void decompress(NfcCompression compression, ByteBuffer src, ByteBuffer dst) throws IOException {
    switch (compression) {
      case ZLIB -> inflate(src, dst);
      case FASTLZ -> FastLz.decompress(src, dst);
      case SKIPZ -> SkipZ.decompress(src, dst);
      case NONE -> dst.put(src);
    }
  }

  private void inflate(ByteBuffer src, ByteBuffer dst) throws IOException {
    if (inflater == null) {
      inflater = new Inflater();
    }
    inflater.reset();
    inflater.setInput(src);
    try {
      while (dst.hasRemaining() && inflater.inflate(dst) > 0) {
        // loop until dst is full
      }
    } catch (DataFormatException e) {
      throw damaged(e.getMessage());
    }
    if (dst.hasRemaining()) {
      throw damaged("ends " + dst.remaining() + " bytes early");
    }
    try {
      // the checksum follows the last byte
      if (inflater.inflate(new byte[1]) != 0 || !inflater.finished()) {
        throw damaged("holds more than announced");
      }
    } catch (DataFormatException e) {
      throw damaged(e.getMessage());
    }
  }

  private static IOException damaged(String how) {
    return new NfcProtocolException("a zlib fragment is damaged: " + how);
  }

  @Override
  public void close() {
    if (inflater != null) {
      inflater.end();
    }
  }
}
