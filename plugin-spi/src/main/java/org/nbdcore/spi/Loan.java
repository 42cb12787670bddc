package org.nbdcore.spi;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Collects where the bytes of a read already lie, so that they can be sent from there without being
 * copied first: pieces of memory, in order, or one range of a file; see {@link BlockDevice#lend}.
 */
public interface Loan {

  /**
   * Adds what is between the position and the limit of {@code bytes}.
   *
   * @param bytes a buffer that nobody else uses, such as a fresh {@link ByteBuffer#duplicate()} of
   *     direct memory. The memory itself stays the device's and may be written to meanwhile, as a
   *     read that overlaps a write may see either; but until the loan is over, which the garbage
   *     collector knows, it must not be unmapped or used for another place, even if the device is
   *     closed meanwhile
   */
  void memory(ByteBuffer bytes);

  /** Adds zeroes. */
  void zeroes(long length);

  /** Whether {@link #file} may be called: not for a reply that is encrypted, for one. */
  default boolean takesFiles() {
    return false;
  }

  /**
   * Lends a range of a file, to be sent by the system without passing through this process. It is
   * then all that is lent. To be used only for what the system has in its page cache: once sending
   * has begun, an error in reading the file can be told to the client only by dropping it.
   *
   * @param file stays the device's; it is read at positions of its own, and not closed before the
   *     device is
   * @param position where the range begins in the file, in bytes
   * @param length of the range, in bytes
   */
  default void file(FileChannel file, long position, long length) {
    throw new UnsupportedOperationException("this loan takes no files");
  }
}
