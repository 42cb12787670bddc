package org.nbdcore.vmdk;

import java.nio.ByteBuffer;

/** Fills buffers with zeroes, without allocating. */
final class Zeros {
  private static final ByteBuffer BLOCK = ByteBuffer.allocateDirect(64 * 1024).asReadOnlyBuffer();

  private Zeros() {}

  /** A buffer of nothing but zeroes, which cannot be changed, with a position of its own. */
  static ByteBuffer block() {
    return BLOCK.duplicate();
  }

  /** Puts {@code n} zero bytes at the buffer's position and moves the position behind them. */
  static void put(ByteBuffer dst, int n) {
    int at = dst.position();
    int end = at + n;
    while (at < end) {
      int chunk = Math.min(end - at, BLOCK.capacity());
      dst.put(at, BLOCK, 0, chunk); // absolute: leaves the shared block's position alone
      at += chunk;
    }
    dst.position(end);
  }
}
