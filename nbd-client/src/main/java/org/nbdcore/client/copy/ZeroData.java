package org.nbdcore.client.copy;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Finds zeroes in data, and writes zeroes. */
final class ZeroData {

  private static final ByteBuffer BLOCK = ByteBuffer.allocateDirect(1 << 18).asReadOnlyBuffer();

  private ZeroData() {}

  /** Writes zeroes as data. */
  static void write(CopyTarget target, int worker, long offset, long length) throws IOException {
    ByteBuffer zeroes = BLOCK.duplicate();
    int step = Math.min(zeroes.capacity(), target.maximumRequest());
    for (long done = 0; done < length; ) {
      zeroes.position(0).limit((int) Math.min(step, length - done));
      int count = zeroes.remaining();
      target.write(worker, zeroes, offset + done);
      done += count;
    }
  }

  /** True if the bytes from index {@code start} to {@code end}, exclusive, are all zero. */
  static boolean all(ByteBuffer data, int start, int end) {
    int i = start;
    for (; i + 32 <= end; i += 32) {
      if ((data.getLong(i) | data.getLong(i + 8) | data.getLong(i + 16) | data.getLong(i + 24))
          != 0) {
        return false;
      }
    }
    for (; i < end; i++) {
      if (data.get(i) != 0) {
        return false;
      }
    }
    return true;
  }
}
