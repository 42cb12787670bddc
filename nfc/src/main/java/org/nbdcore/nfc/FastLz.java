package org.nbdcore.nfc;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Decompresses FastLZ blocks of both levels. */
final class FastLz {

  private static final int LONG_MATCH = 7;
  private static final int FAR_LEVEL_2 = 8191;

  private FastLz() {}

  /**
   * Decompresses one block.
   *
   * @param src the whole block, from position to limit
   * @param dst filled from position to limit
   * @throws NfcProtocolException if the block is damaged or does not fill dst exactly
   */
  static void decompress(ByteBuffer src, ByteBuffer dst) throws IOException {
    if (!src.hasRemaining()) {
      throw damaged("is empty");
    }
    int start = dst.position();
    int control = src.get();
    int level = control >>> 5 & 7;
    if (level > 1) {
      throw damaged("is of level " + (level + 1) + ", expected 1 or 2");
    }
    control &= 31; // the first instruction is always a literal run
    while (true) {
      if (control < 32) {
        literals(src, dst, control + 1);
      } else {
        match(src, dst, start, control, level == 1);
      }
      if (!src.hasRemaining()) {
        break;
      }
      control = src.get() & 0xff;
    }
    if (dst.hasRemaining()) {
      throw damaged("ends " + dst.remaining() + " bytes early");
    }
  }

  private static void literals(ByteBuffer src, ByteBuffer dst, int count) throws IOException {
    if (count > src.remaining()) {
      throw damaged("is cut off");
    }
    if (count > dst.remaining()) {
      throw damaged("holds more than announced");
    }
    dst.put(dst.position(), src, src.position(), count);
    dst.position(dst.position() + count);
    src.position(src.position() + count);
  }

  private static void match(ByteBuffer src, ByteBuffer dst, int start, int control, boolean second)
      throws IOException {
    int length = (control >>> 5) + 2;
    int high = control & 31;
    if (control >>> 5 == LONG_MATCH) {
      int more = next(src);
      length += more;
      while (second && more == 255) {
        more = next(src);
        length += more;
        if (length > dst.remaining()) {
          throw damaged("holds more than announced");
        }
      }
    }
    int low = next(src);
    int distance = (high << 8) + low + 1;
    if (second && high == 31 && low == 255) {
      distance = (next(src) << 8) + next(src) + FAR_LEVEL_2 + 1;
    }
    copy(dst, start, distance, length);
  }

  private static void copy(ByteBuffer dst, int start, int distance, int length) throws IOException {
    int at = dst.position();
    if (distance > at - start) {
      throw damaged("refers to bytes before its beginning");
    }
    if (length > dst.remaining()) {
      throw damaged("holds more than announced");
    }
    int from = at - distance;
    // source and target may overlap: bytes just copied are then copied again
    for (int i = 0; i < length; i++) {
      dst.put(at + i, dst.get(from + i));
    }
    dst.position(at + length);
  }

  private static int next(ByteBuffer src) throws IOException {
    if (!src.hasRemaining()) {
      throw damaged("is cut off");
    }
    return src.get() & 0xff;
  }

  private static IOException damaged(String how) {
    return new NfcProtocolException("a FastLZ block " + how);
  }
}
