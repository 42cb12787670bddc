package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * A contiguous part of one link of a disk. Thread-safe. Offsets are bytes from the extent's start.
 */
interface Extent {
  /** Bytes. */
  long length();

  /**
   * Puts {@code n} bytes from {@code offset} at the buffer's position. The range lies in this
   * extent.
   */
  void read(ByteBuffer dst, int n, long offset) throws IOException;

  /**
   * Passes the file range that stores a range of this extent to {@code consumer}, if the range is
   * contiguous in a file and in the page cache. Otherwise returns false and does nothing.
   */
  default boolean fileRange(long offset, long length, FileRangeConsumer consumer)
      throws IOException {
    return false;
  }

  /** Passes a range of a file to {@code consumer} if it is in the page cache. */
  static boolean fileRange(OpenFile file, long position, long length, FileRangeConsumer consumer) {
    FileChannel channel = file.cached(position, length);
    if (channel == null) {
      return false;
    }
    consumer.accept(channel, position, length);
    return true;
  }

  /**
   * Adds the kinds of a range, which lies in this extent. Returns true if the visitor wants more.
   */
  boolean map(long offset, long length, ExtentMerger merger) throws IOException;
}
