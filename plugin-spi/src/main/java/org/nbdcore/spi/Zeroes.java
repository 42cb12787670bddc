package org.nbdcore.spi;

import java.nio.ByteBuffer;

/** Zeroes in buffers: a shared buffer of zeroes, and methods that write and detect them. */
public final class Zeroes {

  /** The maximum length of {@link #buffer}. */
  @Experimental public static final int LARGEST_BUFFER = 256 * 1024;

  /** Allocated on first use. All devices share it, and never write to it. */
  private static final class Shared {
    static final ByteBuffer BUFFER = ByteBuffer.allocateDirect(LARGEST_BUFFER).asReadOnlyBuffer();
  }

  private Zeroes() {}

  /**
   * Returns zeroes to write, in direct memory that all callers share.
   *
   * @param length at most {@link #LARGEST_BUFFER}
   * @return a read-only buffer with {@code length} bytes remaining
   */
  @Experimental
  public static ByteBuffer buffer(int length) {
    return Shared.BUFFER.duplicate().limit(length);
  }

  /**
   * Fills {@code dst} with zeroes from its position to its limit, and leaves the position at the
   * limit.
   */
  public static void fill(ByteBuffer dst) {
    int end = dst.limit();
    fill(dst, dst.position(), end - dst.position());
    dst.position(end);
  }

  /**
   * Fills a part of {@code dst} with zeroes. Position and limit stay unchanged.
   *
   * @param index of the first byte, independent of the position
   */
  public static void fill(ByteBuffer dst, int index, int length) {
    int end = index + length;
    int at = index;
    for (; at <= end - Long.BYTES; at += Long.BYTES) {
      dst.putLong(at, 0);
    }
    for (; at < end; at++) {
      dst.put(at, (byte) 0);
    }
  }

  /**
   * True if a part of {@code src} contains only zeroes. Position and limit stay unchanged.
   *
   * @param index of the first byte, independent of the position
   */
  public static boolean isZero(ByteBuffer src, int index, int length) {
    int end = index + length;
    int at = index;
    for (; at <= end - 32; at += 32) {
      if ((src.getLong(at) | src.getLong(at + 8) | src.getLong(at + 16) | src.getLong(at + 24))
          != 0) {
        return false;
      }
    }
    for (; at < end; at++) {
      if (src.get(at) != 0) {
        return false;
      }
    }
    return true;
  }
}
