package org.nbdcore.client.copy;

import java.nio.ByteBuffer;

/** The part of the copy that a worker processes. Each worker reuses one object. */
final class CopyChunk {

  final ByteBuffer buffer;
  long offset;
  long length;

  /** True if the source reads as zeroes in this range. */
  boolean zero;

  /** True if the buffer already contains the data, from 0 to its limit. */
  boolean filled;

  CopyChunk(int requestSize) {
    buffer = ByteBuffer.allocateDirect(requestSize);
  }

  void set(long from, long to, boolean isZero) {
    offset = from;
    length = to - from;
    zero = isZero;
    filled = false;
  }
}
