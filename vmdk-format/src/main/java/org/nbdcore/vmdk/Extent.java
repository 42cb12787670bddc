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
   * Adds a range, which lies in this extent, to {@code sink} if it is in one piece in a file and in
   * the system's memory. Returns false, with nothing done, if it is not.
   */
  default boolean readZeroCopy(long offset, long length, FileRangeSink sink) throws IOException {
    return false;
  }

  /** Adds a range of a file, if it is in memory. */
  static boolean readZeroCopy(OpenFile file, long position, long length, FileRangeSink sink) {
    FileChannel channel = file.cached(position, length);
    if (channel == null) {
      return false;
    }
    sink.add(channel, position, length);
    return true;
  }

  /**
   * Adds the kinds of a range, which lies in this extent. Returns true if the visitor wants more.
   */
  boolean map(long offset, long length, ExtentMerger merger) throws IOException;
}
