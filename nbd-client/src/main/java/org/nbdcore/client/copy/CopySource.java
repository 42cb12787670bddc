package org.nbdcore.client.copy;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The source of a copy. Several workers call {@link #read} at the same time. A pipe is read only
 * with {@link #next}, by one worker at a time.
 */
public interface CopySource extends CopyEndpoint {

  /**
   * Reads from {@code offset}, and fills {@code dst} to its limit.
   *
   * @param worker the calling worker, counted from 0
   * @param offset in bytes
   */
  void read(int worker, ByteBuffer dst, long offset) throws IOException;

  /**
   * Continues to read from the end of the last call until {@code dst} is full or the source ends.
   */
  default void next(ByteBuffer dst) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** True if the source can report extents with {@link #extents}. */
  default boolean hasExtents() {
    return false;
  }

  /**
   * Reports the extents of a range in ascending order, from {@code offset} on. May report only the
   * first part of the range, at least one extent.
   */
  default void extents(long offset, long length, CopyExtentSink sink) throws IOException {
    sink.extent(offset, length, false);
  }

  /** Receives extents. */
  interface CopyExtentSink {
    /** Receives one extent. Adjacent extents may have the same type. */
    void extent(long offset, long length, boolean zero);
  }
}
