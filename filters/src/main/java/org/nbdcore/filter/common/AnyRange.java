package org.nbdcore.filter.common;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;

/** Reads ranges of a disk that need not be whole blocks of it. Safe for use by several threads. */
public final class AnyRange {

  private final BlockDevice device;
  private final BlockSizes sizes;

  /** Reads from {@code device}, which stays its owner's. */
  public AnyRange(BlockDevice device) throws IOException {
    this.device = device;
    sizes = device.capabilities().blockSizes();
  }

  /**
   * Reads a range that lies within whole blocks of the disk.
   *
   * @return a buffer from 0 to {@code length}
   */
  public ByteBuffer read(long offset, int length) throws IOException {
    long start = Blocks.down(offset, sizes.minimum());
    int whole = (int) (Blocks.up(offset + length, sizes.minimum()) - start);
    ByteBuffer buffer = ByteBuffer.allocateDirect(whole);
    Below.read(device, Blocks.down(sizes.maximum(), sizes.minimum()), buffer, start);
    return buffer.clear().slice((int) (offset - start), length);
  }
}
