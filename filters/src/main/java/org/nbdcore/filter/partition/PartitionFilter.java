package org.nbdcore.filter.partition;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.helpers.Alignment;
import org.nbdcore.spi.helpers.BlockDevices;

/** Finds the partition in the partition table of the disk, GPT or MBR. */
final class PartitionFilter implements Filter {

  private final int number;
  private final int sectorSize;

  /**
   * Creates the filter.
   *
   * @param sectorSize in bytes; 0 to detect it
   */
  PartitionFilter(int number, int sectorSize) {
    this.number = number;
    this.sectorSize = sectorSize;
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    return BlockDevices.wrap(
        next.open(request),
        device -> {
          Partition partition = find(new SectorReader(device, sectorSize(device)));
          checkAligned(partition, device.capabilities().blockSizes().minimum());
          return BlockDevices.range(device, partition.start(), partition.size());
        });
  }

  private void checkAligned(Partition partition, int block) throws NbdException {
    if (!Alignment.isAligned(partition.start(), block)) {
      throw new NbdException(
          NbdError.EINVAL,
          "partition "
              + number
              + " begins at "
              + partition.start()
              + ", which is not a multiple of the minimum block size of the layer below ("
              + block
              + "); put --filter=blocksize below");
    }
  }

  private int sectorSize(BlockDevice device) throws IOException {
    if (sectorSize != 0) {
      return sectorSize;
    }
    return device.capabilities().blockSizes().minimum() == 4096 ? 4096 : 512;
  }

  private Partition find(SectorReader sectors) throws IOException {
    if (sectors.count() > 0) {
      boolean gpt = GptTable.isOn(sectors);
      ByteBuffer first = sectors.read(0, 512);
      if (MbrTable.isIn(first)) {
        if (!MbrTable.isProtective(first)) {
          return MbrTable.find(sectors, first, number);
        }
        if (gpt) {
          return GptTable.find(sectors, number);
        }
        throw new NbdException(
            NbdError.EINVAL,
            "the disk's MBR says that there is a GUID partition table, but none is found with"
                + " sectors of "
                + sectors.size()
                + " bytes; try partition-sectorsize="
                + (sectors.size() == 512 ? 4096 : 512));
      }
      if (gpt) {
        throw new NbdException(
            NbdError.EINVAL,
            "the disk has a GUID partition table but no MBR that protects it, so Linux would not"
                + " use it either; write a protective MBR, for instance with sgdisk");
      }
    }
    throw new NbdException(
        NbdError.EINVAL,
        "there is neither an MBR nor a GUID partition table on the disk, with sectors of "
            + sectors.size()
            + " bytes");
  }
}
