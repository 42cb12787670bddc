package org.nbdcore.filter.partition;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.nbdcore.filter.common.Blocks;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/** Reads the sectors of a disk whose blocks may be larger. */
final class Sectors {

  private final BlockDevice device;
  private final BlockSizes sizes;
  private final long diskSize;
  private final int sector;

  Sectors(BlockDevice device, int sector) throws IOException {
    this.device = device;
    this.sector = sector;
    sizes = device.capabilities().blockSizes();
    diskSize = device.size();
  }

  int size() {
    return sector;
  }

  long diskSize() {
    return diskSize;
  }

  /** How many whole sectors the disk has. */
  long count() {
    return diskSize / sector;
  }

  /** Reads from the start of a sector; little endian, as both kinds of table are. */
  ByteBuffer read(long first, int length) throws IOException {
    if (first < 0 || first >= count() || length > diskSize - first * sector) {
      throw new NbdException(
          NbdError.EINVAL,
          "the partition table points to sector "
              + Long.toUnsignedString(first)
              + ", but the disk has only "
              + count());
    }
    long offset = first * sector;
    long start = Blocks.down(offset, sizes.minimum());
    int whole = (int) (Blocks.up(offset + length, sizes.minimum()) - start);
    ByteBuffer buffer = ByteBuffer.allocateDirect(whole);
    int step = (int) Math.min(sizes.maximum(), whole);
    for (int at = 0; at < whole; at += step) {
      device.read(buffer.limit(Math.min(whole, at + step)).position(at), start + at);
    }
    return buffer.clear().slice((int) (offset - start), length).order(ByteOrder.LITTLE_ENDIAN);
  }
}
