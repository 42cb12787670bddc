package org.nbdcore.spi;

import java.nio.ByteBuffer;

/** Zeroes in buffers. */
public final class Zeroes {

  /** The most zeroes that {@link #buffer} returns. */
  @Experimental public static final int LARGEST_BUFFER = 256 * 1024;

  /** Allocated on first use; nobody writes to it. */
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

  /** Fills a part of {@code dst} with zeroes; position and limit stay. */
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

  /** Whether a part of {@code src} contains only zeroes; position and limit stay unchanged. */
  public static boolean isZero(ByteBuffer src, int index, int length) {
    int end = index + length;
    int at = index;
    for (; at <= end - Long.BYTES; at += Long.BYTES) {
      if (src.getLong(at) != 0) {
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
