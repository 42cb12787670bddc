package org.nbdcore.allocator;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.BufferList;
import org.nbdcore.spi.ExtentSink;

/**
 * The contents of one disk in memory, zeroes at first. Safe for use by many threads; where a read
 * overlaps a write it may see some of both. Ranges must lie within {@link #size}.
 */
public interface Allocator extends AutoCloseable {

  /** The size of the disk in bytes, whatever part of it takes memory. */
  long size();

  /** The size of the requests that suit it, a power of two of at least 512. */
  default int preferredSize() {
    return BlockSizes.DEFAULT.preferred();
  }

  /** Fills {@code dst} from its position to its limit, where it leaves the position. */
  void read(ByteBuffer dst, long offset) throws IOException;

  /**
   * Adds the memory of a range to a zero-copy read; see {@link
   * org.nbdcore.spi.ZeroCopyReadable#readZeroCopy}.
   *
   * @return false if it cannot; then nothing was added
   */
  default boolean readZeroCopy(long offset, long length, BufferList buffers) throws IOException {
    return false;
  }

  /**
   * Stores what is between the position and the limit of {@code src}, which is not changed and
   * whose position moves to its limit.
   *
   * @throws IOException with {@link org.nbdcore.spi.NbdError#ENOMEM} if no memory is left
   */
  void write(ByteBuffer src, long offset) throws IOException;

  /**
   * Makes a range of at least one byte read as zeroes.
   *
   * @param free whether memory that is then not needed is given back
   */
  void zero(long offset, long length, boolean free) throws IOException;

  /**
   * Reports which parts of a range use memory.
   *
   * @param one whether only the first run is wanted
   */
  void extents(long offset, long length, boolean one, ExtentSink sink) throws IOException;

  /** Gives the memory back, as far as it is not left to the garbage collector. */
  @Override
  default void close() {}
}
