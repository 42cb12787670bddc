package org.nbdcore.spi;

import java.nio.ByteBuffer;

/**
 * Collects, piece by piece and in order, where the bytes of a read already lie, so that they can be
 * sent from there without being copied first; see {@link BlockDevice#lend}.
 */
public interface Loan {

  /**
   * Adds what is between the position and the limit of {@code bytes}.
   *
   * @param bytes a buffer that nobody else uses, such as a fresh {@link ByteBuffer#duplicate()} of
   *     direct memory. The memory itself stays the device's and may be written to meanwhile, as a
   *     read that overlaps a write may see either; but until the loan is over, which the garbage
   *     collector knows, it must not be unmapped or used for another place
   */
  void memory(ByteBuffer bytes);

  /** Adds zeroes. */
  void zeroes(long length);
}
