package org.nbdcore.filter.indexedgzip;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Reads the bits of a stream, the least significant bit of each byte first. */
final class BitInput {

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int SIZE = 1 << 16;

  private final InputStream in;
  private final byte[] buffer = new byte[SIZE];
  private int at;
  private int end;
  private long before; // bytes of the stream before the buffer

  /** The next bits, at least {@link #count}; bits beyond that are not valid. */
  private long bits;

  private int count;

  BitInput(InputStream in) {
    this.in = in;
  }

  /** Loads bits until at least 56 are available, or the input ends. */
  void fill() throws IOException {
    if (end - at >= Long.BYTES) {
      bits |= (long) LONG.get(buffer, at) << count;
      int bytes = Long.SIZE - 1 - count >>> 3;
      at += bytes;
      count += bytes << 3;
      return;
    }
    while (count <= Long.SIZE - Byte.SIZE && (at < end || load())) {
      bits &= (1L << count) - 1;
      bits |= (buffer[at++] & 0xffL) << count;
      count += Byte.SIZE;
    }
  }

  private boolean load() throws IOException {
    before += end;
    at = 0;
    end = Math.max(0, in.read(buffer, 0, SIZE));
    return end > 0;
  }

  /**
   * Returns the next bits without consuming them. Call {@link #fill} before, and {@link #drop} to
   * consume them.
   */
  int peek(int mask) {
    return (int) bits & mask;
  }

  /** Consumes bits, possibly beyond the end of the input. */
  void drop(int number) throws IOException {
    if (number > count) {
      throw new EOFException("it ends too early");
    }
    bits >>>= number;
    count -= number;
  }

  /** Reads up to 32 bits. */
  int take(int number) throws IOException {
    if (count < number) {
      fill();
    }
    int value = (int) (bits & (1L << number) - 1);
    drop(number);
    return value;
  }

  /** Skips to the next byte boundary. */
  void align() throws IOException {
    drop(count & 7);
  }

  /** Reads bytes. The position must be at a byte boundary. */
  void take(byte[] into, int offset, int length) throws IOException {
    for (int i = offset; i < offset + length; i++) {
      into[i] = (byte) take(Byte.SIZE);
    }
  }

  /** The number of consumed bits. */
  long position() {
    return (before + at) * Byte.SIZE - count;
  }

  /** True if the next bytes are those of a number. Does not consume them. */
  boolean startsWith(int number) throws IOException {
    fill();
    return count >= Short.SIZE && (bits & 0xffff) == number;
  }
}
