package org.nbdcore.spi.helpers;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;

/**
 * Reads ranges that need not be aligned to the blocks of the disk. Safe for use by several threads.
 */
public final class UnalignedReader {

  private final BlockDevice device;
  private final BlockSizes sizes;

  /** Reads from {@code device}. The caller closes {@code device}. */
  public UnalignedReader(BlockDevice device) throws IOException {
    this.device = device;
    sizes = device.capabilities().blockSizes();
  }

  /**
   * Reads a range that lies within whole blocks of the disk.
   *
   * @return a buffer with position 0 and limit {@code length}
   */
  public ByteBuffer read(long offset, int length) throws IOException {
    long start = Alignment.roundDown(offset, sizes.minimum());
    int whole = (int) (Alignment.roundUp(offset + length, sizes.minimum()) - start);
    ByteBuffer buffer = ByteBuffer.allocateDirect(whole);
    SplitRequests.read(
        device, Alignment.roundDown(sizes.maximum(), sizes.minimum()), buffer, start);
    return buffer.clear().slice((int) (offset - start), length);
  }
}
