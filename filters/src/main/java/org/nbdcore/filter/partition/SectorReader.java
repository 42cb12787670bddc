package org.nbdcore.filter.partition;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.helpers.UnalignedReader;

/** Reads sectors of a disk, even if its minimum block size is larger. */
final class SectorReader {

  private final UnalignedReader ranges;
  private final long diskSize;
  private final int sector;

  SectorReader(BlockDevice device, int sector) throws IOException {
    this.sector = sector;
    ranges = new UnalignedReader(device);
    diskSize = device.size();
  }

  int size() {
    return sector;
  }

  long diskSize() {
    return diskSize;
  }

  /** The number of whole sectors of the disk. */
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
    return ranges.read(first * sector, length).order(ByteOrder.LITTLE_ENDIAN);
  }
}
