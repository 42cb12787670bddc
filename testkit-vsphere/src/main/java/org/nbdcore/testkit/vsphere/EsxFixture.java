package org.nbdcore.testkit.vsphere;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Builds the extents of ESXi's snapshots by hand: COWD (vmfsSparse) and seSparse. */
public final class EsxFixture {

  private static final int SECTOR = 512;
  private static final int ENTRIES = 4096;
  private static final int SE_GRAIN = 8;
  private static final int SE_TABLE = 64; // sectors

  /** The data of each grain that the extent stores, by the grain's number. */
  public final Map<Long, byte[]> grains = new TreeMap<>();

  /** The table's entries for grains without data, of seSparse only. */
  public final Map<Long, Long> entries = new TreeMap<>();

  private final long capacity;

  /**
   * Creates an extent without data.
   *
   * @param capacity in sectors
   */
  public EsxFixture(long capacity) {
    this.capacity = capacity;
  }

  /** The vmfsSparse file. Its grains have one sector, as ESXi writes them. */
  public byte[] cowd() {
    int tables = tables(ENTRIES);
    int directorySectors = sectors(tables * 4L);
    int next = 4 + directorySectors;
    int[] directory = new int[tables];
    for (long grain : grains.keySet()) {
      int table = (int) (grain / ENTRIES);
      if (directory[table] == 0) {
        directory[table] = next;
        next += ENTRIES * 4 / SECTOR;
      }
    }
    int first = next;
    ByteBuffer image = le((first + grains.size()) * SECTOR);
    for (Map.Entry<Long, byte[]> each : grains.entrySet()) {
      int table = directory[(int) (each.getKey() / ENTRIES)];
      image.putInt(table * SECTOR + (int) (each.getKey() % ENTRIES) * 4, next);
      image.put(next * SECTOR, each.getValue());
      next++;
    }
    image.put("COWD".getBytes(StandardCharsets.US_ASCII)).putInt(1).putInt(3);
    image.putInt((int) capacity).putInt(1).putInt(4).putInt(tables).putInt(next);
    image.position(4 * SECTOR);
    for (int table : directory) {
      image.putInt(table);
    }
    return image.array();
  }

  /**
   * The seSparse file. Its grains have eight sectors; tables and grains are stored in another order
   * than on the disk.
   */
  public byte[] seSparse() {
    int tables = tables(SE_GRAIN * ENTRIES);
    SortedSet<Long> used = new TreeSet<>();
    grains.keySet().forEach(grain -> used.add(grain / ENTRIES));
    entries.keySet().forEach(grain -> used.add(grain / ENTRIES));
    List<Long> order = new ArrayList<>(used);
    Collections.reverse(order);
    int directory = 128;
    int tablesStart = directory + sectors(tables * 8L);
    int grainsStart = tablesStart + tables * SE_TABLE;
    ByteBuffer image = le((grainsStart + grains.size() * SE_GRAIN) * SECTOR);
    for (int i = 0; i < order.size(); i++) {
      image.putLong(directory * SECTOR + order.get(i).intValue() * 8, 0x1000000000000000L | i);
    }
    int number = grains.size();
    for (Map.Entry<Long, byte[]> each : grains.entrySet()) {
      number--;
      image.put((grainsStart + number * SE_GRAIN) * SECTOR, each.getValue());
      image.putLong(entryPlace(each.getKey(), order, tablesStart), mapped(number));
    }
    entries.forEach((grain, entry) -> image.putLong(entryPlace(grain, order, tablesStart), entry));
    image.putLong(0xcafebabeL).putLong(0x200000001L).putLong(capacity).putLong(SE_GRAIN);
    image.putLong(SE_TABLE).putLong(0).position(80);
    image.putLong(1).putLong(1); // the volatile header
    image.putLong(2).putLong(2).putLong(4).putLong(64); // the journal's header, the journal
    image.putLong(directory).putLong(sectors(tables * 8L));
    image.putLong(tablesStart).putLong((long) tables * SE_TABLE);
    image.putLong(0).putLong(0).putLong(0).putLong(0); // bitmap of free grains, back map
    image.putLong(grainsStart).putLong((long) grains.size() * SE_GRAIN);
    image.putLong(SECTOR, 0xcafecafeL);
    return image.array();
  }

  private static long mapped(long number) {
    return 0x3000000000000000L | (number & 0xfff) << 48 | number >>> 12;
  }

  private static int entryPlace(long grain, List<Long> order, int tablesStart) {
    int table = tablesStart + order.indexOf(grain / ENTRIES) * SE_TABLE;
    return table * SECTOR + (int) (grain % ENTRIES) * 8;
  }

  private int tables(int covered) {
    return (int) ((capacity + covered - 1) / covered);
  }

  private static int sectors(long bytes) {
    return (int) ((bytes + SECTOR - 1) / SECTOR);
  }

  /**
   * A descriptor of one extent.
   *
   * @param id the content ID, hexadecimal
   * @param parentId the parent's content ID; {@code ffffffff} without a parent
   * @param hint the parent's file; null without a parent
   * @param extent the line that describes the extent
   */
  public static String descriptor(String id, String parentId, String hint, String extent) {
    return "# Disk DescriptorFile\nversion=1\nCID="
        + id
        + "\nparentCID="
        + parentId
        + "\ncreateType=\"custom\"\n\n# Extent description\n"
        + extent
        + "\n\n# The Disk Data Base\n#DDB\n\nddb.adapterType = \"lsilogic\"\n"
        + (hint == null ? "" : "parentFileNameHint=\"" + hint + "\"\n");
  }

  private static ByteBuffer le(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
