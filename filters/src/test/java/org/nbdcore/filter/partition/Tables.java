package org.nbdcore.filter.partition;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;

/** Puts partition tables on disks. */
public final class Tables {

  private Tables() {}

  private static ByteBuffer at(byte[] disk, int offset) {
    return ByteBuffer.wrap(disk, offset, disk.length - offset)
        .slice()
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Writes an entry of an MBR, counted from 0, or of an extended partition's sector. */
  public static void entry(
      byte[] disk, int sectorOffset, int index, int type, int start, int count) {
    ByteBuffer sector = at(disk, sectorOffset);
    int entry = 446 + 16 * index;
    sector.put(entry + 4, (byte) type).putInt(entry + 8, start).putInt(entry + 12, count);
    sector.putShort(510, (short) 0xaa55);
  }

  /** Writes a GPT with entries of 128 bytes; each of {@code partitions} is {first, last}. */
  static void gpt(byte[] disk, int sector, long[]... partitions) {
    Arrays.fill(disk, 446, 510, (byte) 0);
    entry(disk, 0, 0, 0xee, 1, -1);
    int last = disk.length / sector - 1;
    for (int i = 0; i < partitions.length; i++) {
      for (int entries : new int[] {2 * sector, (last - 32) * sector}) {
        ByteBuffer entry = at(disk, entries + 128 * i);
        entry.putLong(0, partitions[i] == null ? 0 : 0x1234).putLong(8, 0);
        entry.putLong(32, partitions[i] == null ? 0 : partitions[i][0]);
        entry.putLong(40, partitions[i] == null ? 0 : partitions[i][1]);
      }
    }
    header(disk, sector, sector, 2);
    header(disk, last * sector, sector, last - 32);
  }

  private static void header(byte[] disk, int offset, int sector, long entries) {
    byte[] bytes = new byte[92];
    ByteBuffer header = at(bytes, 0);
    header.put(0, "EFI PART".getBytes(StandardCharsets.US_ASCII));
    header.putInt(8, 0x10000).putInt(12, 92).putLong(24, offset / sector);
    header.putLong(72, entries).putInt(80, 128).putInt(84, 128);
    CRC32 checksum = new CRC32();
    checksum.update(bytes);
    header.putInt(16, (int) checksum.getValue());
    System.arraycopy(bytes, 0, disk, offset, bytes.length);
  }
}
