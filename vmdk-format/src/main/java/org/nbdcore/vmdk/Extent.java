package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;

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
   * Adds the kinds of a range, which lies in this extent. Returns true if the visitor wants more.
   */
  boolean map(long offset, long length, ExtentMerger merger) throws IOException;
}
