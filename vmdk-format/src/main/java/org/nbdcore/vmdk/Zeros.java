package org.nbdcore.vmdk;

import java.nio.ByteBuffer;

/** Fills buffers with zeroes, without allocation. */
final class Zeros {
  private static final ByteBuffer BLOCK = ByteBuffer.allocateDirect(64 * 1024).asReadOnlyBuffer();

  private Zeros() {}

  /** Returns a read-only buffer of zeroes, with its own position. */
  static ByteBuffer block() {
    return BLOCK.duplicate();
  }

  /** Puts {@code n} zero bytes at the buffer's position and advances it. */
  static void put(ByteBuffer dst, int n) {
    int at = dst.position();
    int end = at + n;
    while (at < end) {
      int chunk = Math.min(end - at, BLOCK.capacity());
      dst.put(
          at, BLOCK, 0,
          chunk); // an absolute get, so that the shared block's position does not change
      at += chunk;
    }
    dst.position(end);
  }
}
