package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Changes one extent of the link that is written. Any number of threads may write, zero and trim at
 * once. Offsets are bytes from the extent's start; ranges lie within the extent.
 */
interface ExtentWriter {

  /** Writes {@code n} bytes from the buffer's position. */
  void write(ByteBuffer src, int n, long offset) throws IOException;

  /** Makes a range read as zeroes, with as little storage as the format allows. */
  void zero(long offset, long length) throws IOException;

  /** Frees storage that lies wholly in the range, if it then reads as zeroes. */
  void trim(long offset, long length) throws IOException;

  /** Whether {@link #zero} is quicker than writing zeroes. */
  boolean zeroesQuickly();

  /** Returns when everything that was done before is on the disk, and the extent can be opened. */
  void flush() throws IOException;

  /** Flushes, and leaves the extent as one that was closed. Nothing else may be going on. */
  void settle() throws IOException;
}
