package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Writes to one extent of the writable link. Any number of threads may write, zero and trim in
 * parallel. Offsets are bytes from the extent's start; ranges lie within the extent.
 */
interface ExtentWriter {

  /** Writes {@code n} bytes from the buffer's position. */
  void write(ByteBuffer src, int n, long offset) throws IOException;

  /** Makes a range read as zeroes, with as little storage as the format allows. */
  void zero(long offset, long length) throws IOException;

  /** Frees storage that lies completely in the range, if it then reads as zeroes. */
  void trim(long offset, long length) throws IOException;

  /** True if {@link #zero} is faster than writing zeroes. */
  boolean zeroesQuickly() throws IOException;

  /** Returns when all earlier changes are durable and the extent can be opened. */
  void flush() throws IOException;

  /**
   * Flushes, and leaves the extent cleanly closed. Must not run in parallel with any other call.
   */
  void settle() throws IOException;
}
