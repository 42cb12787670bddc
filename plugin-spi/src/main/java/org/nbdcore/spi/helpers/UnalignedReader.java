package org.nbdcore.spi.helpers;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;

/** Reads ranges of a disk that need not be whole blocks of it. Safe for use by several threads. */
public final class UnalignedReader {

  private final BlockDevice device;
  private final BlockSizes sizes;

  /** Reads from {@code device}, which stays its owner's. */
  public UnalignedReader(BlockDevice device) throws IOException {
    this.device = device;
    sizes = device.capabilities().blockSizes();
  }

  /**
   * Reads a range that lies within whole blocks of the disk.
   *
   * @return a buffer from 0 to {@code length}
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
