package org.nbdcore.nfc;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Decompresses blocks that contain only the runs that are not zero. */
final class SkipZ {

  private static final int HEADER = 8;

  private SkipZ() {}

  /**
   * Decompresses one block.
   *
   * @param src the whole block, little-endian, from position to limit
   * @param dst filled from position to limit
   * @throws NfcProtocolException if the block is damaged or its length is not dst's
   */
  static void decompress(ByteBuffer src, ByteBuffer dst) throws IOException {
    if (src.remaining() < HEADER) {
      throw damaged("is cut off");
    }
    int length = src.getInt();
    if (length != dst.remaining()) {
      throw damaged(
          "holds " + Integer.toUnsignedString(length) + " bytes, expected " + dst.remaining());
    }
    src.getInt();
    int start = dst.position();
    while (src.hasRemaining()) {
      if (src.remaining() < HEADER) {
        throw damaged("is cut off");
      }
      int offset = src.getInt();
      int run = src.getInt();
      if (run < 0 || run > src.remaining()) {
        throw damaged("is cut off");
      }
      if (offset < dst.position() - start || offset > length - run) {
        throw damaged(
            "has a run of "
                + run
                + " bytes at "
                + Integer.toUnsignedString(offset)
                + ", outside or out of order");
      }
      zero(dst, start + offset);
      dst.put(dst.position(), src, src.position(), run);
      dst.position(dst.position() + run);
      src.position(src.position() + run);
    }
    zero(dst, dst.limit());
  }

  private static void zero(ByteBuffer dst, int end) {
    while (dst.position() <= end - Long.BYTES) {
      dst.putLong(0);
    }
    while (dst.position() < end) {
      dst.put((byte) 0);
    }
  }

  private static IOException damaged(String how) {
    return new NfcProtocolException("a SkipZ block " + how);
  }
}
