package org.nbdcore.vmdk;

import java.nio.ByteBuffer;

/**
 * A reusable direct buffer, with its address if native code can be called. For one thread at a
 * time.
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

  /** Returns the buffer; the caller sets position and limit. */
  ByteBuffer bytes() {
    return bytes;
  }

  int capacity() {
    return bytes.capacity();
  }

  /** Returns the buffer's address; 0 if it is not known. Valid while this object is reachable. */
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
