package org.nbdcore.plugin.compose;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.nbdcore.spi.ConfigException;

/**
 * The master boot record: up to four partitions, or three and a chain of logical ones in an
 * extended partition, each after its own boot record.
 */
final class MbrWriter {

  private static final int PRIMARY = 4;
  private static final int EXTENDED_ID = 0x0f;
  private static final int ENTRIES_AT = 446;
  private static final int ENTRY = 16;
  private static final int SIGNATURE_AT = 510;
  private static final long MAX_SECTORS = 0xffff_ffffL;

  private MbrWriter() {}

  /** Start of each partition, in sectors; the last element is the end of the disk. */
  private static long[] starts(List<PartitionSpec> partitions) {
    long[] starts = new long[partitions.size() + 1];
    long at = 1;
    for (int i = 0; i < partitions.size(); i++) {
      boolean logical = partitions.size() > PRIMARY && i >= PRIMARY - 1;
      starts[i] = partitions.get(i).align(logical ? at + 1 : at); // its record lies before it
      at = starts[i] + partitions.get(i).sectors();
    }
    starts[partitions.size()] = at;
    return starts;
  }

  static boolean fits(List<PartitionSpec> partitions) {
    return starts(partitions)[partitions.size()] <= MAX_SECTORS;
  }

  static List<JoinedPlugin.Part> layOut(List<PartitionSpec> partitions) throws ConfigException {
    int count = partitions.size();
    long[] starts = starts(partitions);
    if (!fits(partitions)) {
      throw new ConfigException(
          "partition-type=mbr has room for 2T, but the disk needs "
              + starts[count] * PartitionSpec.SECTOR
              + " bytes: use partition-type=gpt");
    }
    int primary = count > PRIMARY ? PRIMARY - 1 : count;
    ByteBuffer table = record();
    for (int i = 0; i < primary; i++) {
      entry(table, i, partitions.get(i).mbrId(), starts[i], partitions.get(i).sectors());
    }
    long extended = 0;
    if (primary < count) {
      extended = recordOf(starts, partitions, primary);
      entry(table, primary, EXTENDED_ID, extended, starts[count] - extended);
    }
    DiskLayout layout = new DiskLayout().add(table.array());
    for (int i = 0; i < count; i++) {
      if (i >= primary) {
        layout.to(recordOf(starts, partitions, i));
        layout.add(logical(starts, partitions, i, extended));
      }
      layout.to(starts[i]).add(partitions.get(i).file());
    }
    return layout.parts();
  }

  /** The position of a logical partition's boot record: directly after the previous partition. */
  private static long recordOf(long[] starts, List<PartitionSpec> partitions, int i) {
    return starts[i - 1] + partitions.get(i - 1).sectors();
  }

  private static byte[] logical(
      long[] starts, List<PartitionSpec> partitions, int i, long extended) {
    ByteBuffer table = record();
    long own = recordOf(starts, partitions, i);
    entry(table, 0, partitions.get(i).mbrId(), starts[i] - own, partitions.get(i).sectors());
    if (i + 1 < partitions.size()) {
      long next = recordOf(starts, partitions, i + 1);
      long end = starts[i + 1] + partitions.get(i + 1).sectors();
      entry(table, 1, EXTENDED_ID, next - extended, end - next);
    }
    return table.array();
  }

  /** The protective MBR, for programs that do not know GPT. */
  static byte[] protective(long sectors) {
    ByteBuffer table = record();
    entry(table, 0, 0xee, 1, Math.min(MAX_SECTORS, sectors - 1));
    return table.array();
  }

  private static ByteBuffer record() {
    ByteBuffer table = ByteBuffer.allocate(PartitionSpec.SECTOR).order(ByteOrder.LITTLE_ENDIAN);
    return table.put(SIGNATURE_AT, (byte) 0x55).put(SIGNATURE_AT + 1, (byte) 0xaa);
  }

  /** Cylinders and heads have the values that mean "too large". */
  private static void entry(ByteBuffer table, int index, int id, long start, long sectors) {
    int at = ENTRIES_AT + index * ENTRY;
    table.putInt(at, 0xffff_fe00).putInt(at + 4, 0xffff_fe00 | id);
    table.putInt(at + 8, (int) start).putInt(at + 12, (int) sectors);
  }
}
