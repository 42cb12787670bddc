package org.nbdcore.vmdk;

import java.nio.ByteBuffer;

/**
 * A direct buffer that is used again and again, and its address where native code can be called.
 * For one thread at a time.
 */
final class DirectMemory {
  private final ByteBuffer bytes;
  private final long address;

  /**
   * @param capacity bytes
   */
  DirectMemory(int capacity) {
    this.bytes = ByteBuffer.allocateDirect(capacity);
    this.address = LibDeflate.available() ? LibDeflate.address(bytes) : 0;
  }

  /** The buffer; position and limit are the user's. */
  ByteBuffer bytes() {
    return bytes;
  }

  int capacity() {
    return bytes.capacity();
  }

  /** Where the buffer begins; 0 if that is not known. Valid while this object is reachable. */
  long address() {
    return address;
  }

  /** Copies a range to the position of {@code dst}. */
  void copyTo(ByteBuffer dst, int from, int n) {
    int at = dst.position();
    dst.put(at, bytes, from, n);
    dst.position(at + n);
  }
}
