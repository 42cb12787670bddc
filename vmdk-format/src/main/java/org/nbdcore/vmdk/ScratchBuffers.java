package org.nbdcore.vmdk;

import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;

/** A pool of direct buffers of {@value #SIZE} bytes. Thread-safe. */
final class ScratchBuffers {
  static final int SIZE = 64 * 1024;

  private final ArrayBlockingQueue<ByteBuffer> idle =
      new ArrayBlockingQueue<>(2 * Runtime.getRuntime().availableProcessors());

  ByteBuffer take() {
    ByteBuffer buffer = idle.poll();
    return buffer == null ? ByteBuffer.allocateDirect(SIZE) : buffer;
  }

  void release(ByteBuffer buffer) {
    idle.offer(buffer); // dropped if the pool is full
  }
}
