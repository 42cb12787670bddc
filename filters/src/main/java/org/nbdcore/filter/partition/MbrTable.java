package org.nbdcore.filter.partition;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/**
 * The classic partition table: four primary partitions in the first sector. One of them may be an
 * extended one, which holds a chain of sectors that describe a logical partition each.
 */
final class MbrTable {

  private static final int TABLE = 446;
  private static final int ENTRY = 16;
  private static final int PRIMARIES = 4;
  private static final int PROTECTIVE = 0xee;
  private static final int GPT_HEADER = 1;
  private static final int SIGNATURE_AT = 510;
  private static final int SIGNATURE = 0xaa55;

  /** Maximum length of the chain. A longer one is treated as a loop. */
  private static final int MAX_LOGICALS = 4096;

  private final SectorReader sectors;
  private final ByteBuffer first;

  private MbrTable(SectorReader sectors, ByteBuffer first) {
    this.sectors = sectors;
    this.first = first;
  }

  static boolean isIn(ByteBuffer sector) {
    return (sector.getShort(SIGNATURE_AT) & 0xffff) == SIGNATURE;
  }

  /**
   * True if the MBR is protective, so that the disk has a GPT: one entry protects the disk from
   * programs that do not know GPT. It starts at the header of the GPT, as Linux requires.
   */
  static boolean isProtective(ByteBuffer sector) {
    for (int i = 0; i < PRIMARIES; i++) {
      int entry = TABLE + i * ENTRY;
      if (type(sector, entry) == PROTECTIVE && start(sector, entry) == GPT_HEADER) {
        return true;
      }
    }
    return false;
  }

  static Partition find(SectorReader sectors, ByteBuffer first, int number) throws IOException {
    MbrTable table = new MbrTable(sectors, first);
    return number <= PRIMARIES ? table.primary(number) : table.logical(number);
  }

  private Partition primary(int number) throws IOException {
    int entry = TABLE + (number - 1) * ENTRY;
    if (type(first, entry) == 0 || length(first, entry) == 0) {
      throw absent(number);
    }
    if (isExtended(type(first, entry))) {
      throw new NbdException(
          NbdError.EINVAL,
          "partition "
              + number
              + " is an extended partition, which holds logical ones and is no disk itself;"
              + " their numbers begin at 5");
    }
    return partition(number, start(first, entry), length(first, entry));
  }

  private Partition logical(int number) throws IOException {
    long extended = extended(number);
    long at = extended;
    for (int current = PRIMARIES + 1; current <= PRIMARIES + MAX_LOGICALS; current++) {
      ByteBuffer sector = sectors.read(at, 512);
      if (!isIn(sector)) {
        break;
      }
      if (current == number && length(sector, TABLE) != 0) {
        return partition(number, at + start(sector, TABLE), length(sector, TABLE));
      }
      int link = TABLE + ENTRY;
      if (current == number || !isExtended(type(sector, link)) || start(sector, link) == 0) {
        break;
      }
      at = extended + start(sector, link);
    }
    throw absent(number);
  }

  private long extended(int number) throws IOException {
    for (int i = 0; i < PRIMARIES; i++) {
      if (isExtended(type(first, TABLE + i * ENTRY))) {
        return start(first, TABLE + i * ENTRY);
      }
    }
    throw absent(number);
  }

  private static boolean isExtended(int type) {
    return type == 0x05 || type == 0x0f || type == 0x85;
  }

  private Partition partition(int number, long start, long length) throws IOException {
    return Partition.ofSectors(number, start, length, sectors.size(), sectors.diskSize());
  }

  private static int type(ByteBuffer sector, int entry) {
    return sector.get(entry + 4) & 0xff;
  }

  private static long start(ByteBuffer sector, int entry) {
    return sector.getInt(entry + 8) & 0xffff_ffffL;
  }

  private static long length(ByteBuffer sector, int entry) {
    return sector.getInt(entry + 12) & 0xffff_ffffL;
  }

  private static IOException absent(int number) {
    return Partition.absent(number, "MBR partition table");
  }
}
