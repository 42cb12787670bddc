package org.nbdcore.client.copy;

import java.nio.ByteBuffer;

/** A worker's part of the copy, used again and again. */
final class CopyChunk {

  final ByteBuffer buffer;
  long offset;
  long length;

  /** Whether the source reads as zeroes here. */
  boolean zero;

  /** Whether the buffer already holds the data, from 0 to its limit. */
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
