package org.nbdcore.plugin.synthetic;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.LongUnaryOperator;

/** A disk as a sequence of 64-bit numbers, big-endian. */
final class LongSequence {

  private LongSequence() {}

  /**
   * Fills {@code dst} from its position to its limit with the contents of the disk at an offset.
   */
  static void fill(ByteBuffer dst, long offset, LongUnaryOperator words) {
    ByteOrder order = dst.order();
    dst.order(ByteOrder.BIG_ENDIAN);
    long at = offset;
    while (dst.hasRemaining()) {
      int within = (int) (at & Long.BYTES - 1);
      long word = words.applyAsLong(at >>> 3);
      if (within == 0 && dst.remaining() >= Long.BYTES) {
        dst.putLong(word);
        at += Long.BYTES;
      } else {
        dst.put(octet(word, within));
        at++;
      }
    }
    dst.order(order);
  }

  /**
   * True if {@code src}, from its position to its limit, equals the contents of the disk at an
   * offset.
   */
  static boolean match(ByteBuffer src, long offset, LongUnaryOperator words) {
    long at = offset;
    int end = src.limit();
    for (int i = src.position(); i < end; i++, at++) {
      if (src.get(i) != octet(words.applyAsLong(at >>> 3), (int) (at & Long.BYTES - 1))) {
        return false;
      }
    }
    return true;
  }

  private static byte octet(long word, int index) {
    return (byte) (word >>> (Long.SIZE - Byte.SIZE - index * Byte.SIZE));
  }

  /** Scatters a number over all 64 bits: the step of SplitMix64. */
  static long mix(long number) {
    long z = number * 0x9e3779b97f4a7c15L;
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }
}
