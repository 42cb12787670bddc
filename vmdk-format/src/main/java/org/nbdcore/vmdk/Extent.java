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
   * Lends a range, which lies in this extent, to {@code loan} if it is in one piece in a file and
   * in the system's memory. Returns false, with nothing done, if it is not.
   */
  default boolean lend(long offset, long length, FileLoan loan) throws IOException {
    return false;
  }

  /** Lends a range of a file, if it is in memory. */
  static boolean lend(OpenFile file, long position, long length, FileLoan loan) {
    FileChannel channel = file.cached(position, length);
    if (channel == null) {
      return false;
    }
    loan.take(channel, position, length);
    return true;
  }

  /**
   * Adds the kinds of a range, which lies in this extent. Returns true if the visitor wants more.
   */
  boolean map(long offset, long length, ExtentMerger merger) throws IOException;
}
