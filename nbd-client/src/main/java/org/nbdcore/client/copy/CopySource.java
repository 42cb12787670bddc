package org.nbdcore.client.copy;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The source of a copy. Several workers read at once, unless it is a pipe, which is read by {@link
 * #next} only.
 */
public interface CopySource extends CopyEnd {

  /** Fills {@code dst}. */
  void read(int worker, ByteBuffer dst, long offset) throws IOException;

  /**
   * Continues to read from the end of the last call until {@code dst} is full or the source ends.
   */
  default void next(ByteBuffer dst) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Whether {@link #extents} knows more than "data". */
  default boolean hasExtents() {
    return false;
  }

  /**
   * Reports the extents of a range from {@code offset} on, at least a part of it, in ascending
   * order.
   */
  default void extents(long offset, long length, CopyExtentSink sink) throws IOException {
    sink.extent(offset, length, false);
  }

  /** Takes extents. */
  interface CopyExtentSink {
    /** One extent; adjacent ones may be of one kind. */
    void extent(long offset, long length, boolean zero);
  }
}
