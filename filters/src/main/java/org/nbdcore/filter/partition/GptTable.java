package org.nbdcore.filter.partition;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/**
 * The GUID partition table: a header in the second sector, and a copy of it in the last one. It is
 * used only with a protective MBR ({@link MbrTable#isProtective}), because the header of an older
 * table may name sectors that now belong to other partitions.
 */
final class GptTable {

  private static final byte[] SIGNATURE = "EFI PART".getBytes(StandardCharsets.US_ASCII);
  private static final int SMALLEST_HEADER = 92;
  private static final int CHECKSUM_AT = 16;
  private static final int ENTRIES_AT = 72;
  private static final int COUNT_AT = 80;
  private static final int ENTRY_SIZE_AT = 84;
  private static final int SMALLEST_ENTRY = 128;

  private GptTable() {}

  static boolean isOn(SectorReader sectors) throws IOException {
    return sectors.count() > 2 && (signed(sectors, 1) || signed(sectors, sectors.count() - 1));
  }

  private static boolean signed(SectorReader sectors, long at) throws IOException {
    byte[] found = new byte[SIGNATURE.length];
    sectors.read(at, sectors.size()).get(found);
    return Arrays.equals(found, SIGNATURE);
  }

  static Partition find(SectorReader sectors, int number) throws IOException {
    ByteBuffer header = header(sectors);
    long entries = header.getLong(ENTRIES_AT);
    long count = header.getInt(COUNT_AT) & 0xffff_ffffL;
    int size = header.getInt(ENTRY_SIZE_AT);
    if (size < SMALLEST_ENTRY || size > 4096 || Integer.bitCount(size) != 1) {
      throw new NbdException(
          NbdError.EINVAL, "the GPT has entries of " + size + " bytes, which cannot be right");
    }
    if (number > count) {
      throw absent(number);
    }
    long at = (number - 1L) * size;
    int within = (int) (at % sectors.size());
    ByteBuffer entry =
        sectors.read(entries + at / sectors.size(), within + size).position(within).slice();
    entry.order(java.nio.ByteOrder.LITTLE_ENDIAN);
    if (entry.getLong(0) == 0 && entry.getLong(8) == 0) { // its type: not in use
      throw absent(number);
    }
    long first = entry.getLong(32);
    long last = entry.getLong(40);
    return Partition.ofSectors(number, first, last - first + 1, sectors.size(), sectors.diskSize());
  }

  private static ByteBuffer header(SectorReader sectors) throws IOException {
    ByteBuffer header = sectors.read(1, sectors.size());
    if (!intact(header)) {
      header = sectors.read(sectors.count() - 1, sectors.size());
      if (!intact(header)) {
        throw new NbdException(
            NbdError.EINVAL,
            "the GPT is damaged: the checksums of its header and of the header's copy are wrong");
      }
    }
    return header;
  }

  private static boolean intact(ByteBuffer header) {
    int length = header.getInt(12);
    if (length < SMALLEST_HEADER || length > header.capacity()) {
      return false;
    }
    byte[] bytes = new byte[length];
    header.get(0, bytes);
    if (!Arrays.equals(bytes, 0, SIGNATURE.length, SIGNATURE, 0, SIGNATURE.length)) {
      return false;
    }
    Arrays.fill(bytes, CHECKSUM_AT, CHECKSUM_AT + Integer.BYTES, (byte) 0);
    CRC32 checksum = new CRC32();
    checksum.update(bytes);
    return (int) checksum.getValue() == header.getInt(CHECKSUM_AT);
  }

  private static IOException absent(int number) {
    return Partition.absent(number, "GUID partition table");
  }
}
