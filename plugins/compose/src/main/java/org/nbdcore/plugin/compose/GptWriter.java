package org.nbdcore.plugin.compose;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32;

/** The GUID partition table of the UEFI specification: a header with entries, at both ends. */
final class GptWriter {

  private static final int HEADER = 92;
  private static final int ENTRY = 128;
  private static final int MIN_ENTRIES = 128;

  private GptWriter() {}

  static List<JoinedPlugin.Part> layOut(List<PartitionSpec> partitions) {
    int entries = Math.max(MIN_ENTRIES, (partitions.size() + 3) / 4 * 4); // whole sectors
    long entrySectors = (long) entries * ENTRY / PartitionSpec.SECTOR;
    long first = 2 + entrySectors;
    long[] starts = new long[partitions.size()];
    long at = first;
    for (int i = 0; i < starts.length; i++) {
      starts[i] = partitions.get(i).align(at);
      at = starts[i] + partitions.get(i).sectors();
    }
    long last = at - 1; // usable for partitions
    long sectors = at + entrySectors + 1;
    byte[] table = entries(partitions, starts, entries);
    UUID disk = guid(partitions, -1);
    DiskLayout layout = new DiskLayout().add(MbrWriter.protective(sectors));
    layout.add(header(1, sectors - 1, first, last, 2, disk, table, entries)).add(table);
    for (int i = 0; i < starts.length; i++) {
      layout.to(starts[i]).add(partitions.get(i).file());
    }
    layout.add(table);
    layout.add(header(sectors - 1, 1, first, last, at, disk, table, entries));
    return layout.parts();
  }

  private static byte[] entries(List<PartitionSpec> partitions, long[] starts, int entries) {
    ByteBuffer table = ByteBuffer.allocate(entries * ENTRY).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < starts.length; i++) {
      PartitionSpec partition = partitions.get(i);
      table.position(i * ENTRY);
      put(table, partition.typeGuid());
      put(table, guid(partitions, i));
      table.putLong(starts[i]).putLong(starts[i] + partition.sectors() - 1);
    }
    return table.array();
  }

  private static byte[] header(
      long own,
      long other,
      long first,
      long last,
      long tableAt,
      UUID disk,
      byte[] table,
      int entries) {
    ByteBuffer header = ByteBuffer.allocate(PartitionSpec.SECTOR).order(ByteOrder.LITTLE_ENDIAN);
    header.put("EFI PART".getBytes(StandardCharsets.US_ASCII));
    header.putInt(0x00010000).putInt(HEADER).putInt(0).putInt(0);
    header.putLong(own).putLong(other).putLong(first).putLong(last);
    put(header, disk);
    header.putLong(tableAt).putInt(entries).putInt(ENTRY).putInt(checksum(table, table.length));
    header.putInt(16, checksum(header.array(), HEADER));
    return header.array();
  }

  private static int checksum(byte[] bytes, int length) {
    CRC32 crc = new CRC32();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  /**
   * A UUID that is always the same for the same files, so that references to partitions by UUID
   * stay valid.
   */
  private static UUID guid(List<PartitionSpec> partitions, int index) {
    StringBuilder name = new StringBuilder("nbd-core partitioning ").append(index);
    for (PartitionSpec partition : partitions) {
      name.append('\0').append(partition.file().path());
    }
    return UUID.nameUUIDFromBytes(name.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** The first three fields are little-endian, the rest is not. */
  private static void put(ByteBuffer table, UUID guid) {
    long most = guid.getMostSignificantBits();
    table.putInt((int) (most >>> 32)).putShort((short) (most >>> 16)).putShort((short) most);
    table.putLong(Long.reverseBytes(guid.getLeastSignificantBits()));
  }
}
