package org.nbdcore.allocator;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.BufferList;
import org.nbdcore.spi.ExtentSink;

/**
 * The contents of one disk in memory, initially zeroes. Safe for use by several threads. A read
 * that overlaps a write may return a mix of old and new bytes. Ranges must lie within {@link
 * #size}.
 */
public interface Allocator extends AutoCloseable {

  /** The size of the disk in bytes, independent of the memory that it uses. */
  long size();

  /** The preferred size of requests in bytes, a power of two of at least 512. */
  default int preferredSize() {
    return BlockSizes.DEFAULT.preferred();
  }

  /** Fills {@code dst} from its position to its limit, and leaves the position at the limit. */
  void read(ByteBuffer dst, long offset) throws IOException;

  /**
   * Adds the memory of a range to a zero-copy read; see {@link
   * org.nbdcore.spi.ZeroCopyReadable#readZeroCopy}.
   *
   * @return false if zero-copy reads are not supported; then nothing was added
   */
  default boolean readZeroCopy(long offset, long length, BufferList buffers) throws IOException {
    return false;
  }

  /**
   * Stores the bytes between the position and the limit of {@code src}, and moves its position to
   * the limit.
   *
   * @throws IOException with {@link org.nbdcore.spi.NbdError#ENOMEM} if no memory is left
   */
  void write(ByteBuffer src, long offset) throws IOException;

  /**
   * Makes a range of at least one byte read as zeroes.
   *
   * @param free true to free memory that is then not needed
   */
  void zero(long offset, long length, boolean free) throws IOException;

  /**
   * Reports which parts of a range use memory.
   *
   * @param one true to report only the first extent
   */
  void extents(long offset, long length, boolean one, ExtentSink sink) throws IOException;

  /** Frees the memory, or leaves it to the garbage collector. */
  @Override
  default void close() {}
}
