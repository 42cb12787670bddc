package org.nbdcore.filter.xor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.LongUnaryOperator;

/** The bytes to combine with those of the disk: a 64-bit word for each 8 bytes. Immutable. */
final class KeyStream {

  /** Computes the word with a number. Its least significant byte comes first on the disk. */
  private final LongUnaryOperator words;

  private KeyStream(LongUnaryOperator words) {
    this.words = words;
  }

  /**
   * A repeated value.
   *
   * @param value its {@code length} least significant bytes are used, most significant byte first
   * @param length from 1 to 8
   */
  static KeyStream repeating(long value, int length) {
    long[] period = new long[length]; // the bytes repeat after this many words
    for (int i = 0; i < length * Long.BYTES; i++) {
      long octet = value >>> (length - 1 - i % length) * Byte.SIZE & 0xff;
      period[i / Long.BYTES] |= octet << i % Long.BYTES * Byte.SIZE;
    }
    return new KeyStream(word -> period[(int) (word % length)]);
  }

  /** The same bytes as nbdkit's for this seed. */
  static KeyStream random(long seed) {
    return new KeyStream(word -> Xoshiro256.first(seed + word * Long.BYTES));
  }

  /** Combines the bytes from {@code start} to {@code end} of a buffer, which are at an offset. */
  void apply(ByteBuffer buffer, int start, int end, long offset) {
    ByteOrder order = buffer.order();
    buffer.order(ByteOrder.LITTLE_ENDIAN);
    int i = start;
    long at = offset;
    while (i < end) {
      int within = (int) (at & Long.BYTES - 1);
      long word = words.applyAsLong(at >>> 3);
      if (within == 0 && end - i >= Long.BYTES) {
        buffer.putLong(i, buffer.getLong(i) ^ word);
        i += Long.BYTES;
        at += Long.BYTES;
      } else {
        buffer.put(i, (byte) (buffer.get(i) ^ word >>> within * Byte.SIZE));
        i++;
        at++;
      }
    }
    buffer.order(order);
  }
}
