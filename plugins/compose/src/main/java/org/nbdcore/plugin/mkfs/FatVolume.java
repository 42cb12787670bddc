package org.nbdcore.plugin.mkfs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Zeroes;

/**
 * A disk with one partition that contains a FAT32 filesystem. Only its directories are in memory;
 * the table is computed, and files are read when a client reads them. Immutable.
 */
final class FatVolume {

  private static final int SECTOR = 512;
  private static final int START = 2048; // of the partition, as usual
  private static final int RESERVED = 32; // sectors before the first table
  private static final int FIRST_CLUSTER = 2;

  /** Minimum number of clusters. With fewer, a filesystem is FAT16 by definition. */
  private static final int FEWEST_CLUSTERS = 65_525;

  private static final int MAX_CLUSTERS = 0x0fff_fff5;
  private static final long MAX_SECTORS = 0xffff_ffffL;
  private static final int LAST = 0x0fff_ffff;

  private final TreeMap<Integer, FatNode> nodes = new TreeMap<>(); // by their first cluster
  private final Map<FatNode, byte[]> directories = new HashMap<>();
  private final int clusterSize;
  private final long tableSize;
  private final long sectors;
  private final byte[] record;
  private final byte[] reserved;

  /**
   * @param size of the disk in bytes, or -1 for the smallest
   */
  FatVolume(FatNode root, String label, long size) throws IOException {
    clusterSize = clusterSize(Math.max(size, bytes(root)));
    long used = place(root, label, FIRST_CLUSTER) - FIRST_CLUSTER;
    for (Map.Entry<FatNode, byte[]> directory : directories.entrySet()) {
      directory.setValue(FatDirectory.bytes(directory.getKey(), label));
    }
    int perCluster = clusterSize / SECTOR;
    long clusters = Math.max(used, FEWEST_CLUSTERS);
    if (size >= 0) {
      long room = size / SECTOR - START - RESERVED;
      clusters = (room - 2 * tableSectors(Math.max(1, room / perCluster))) / perCluster;
    }
    if (clusters < used || clusters < FEWEST_CLUSTERS || clusters > MAX_CLUSTERS) {
      long least = Math.max(used, FEWEST_CLUSTERS);
      throw new NbdException(
          NbdError.EINVAL,
          "size must be at least " + total(least, perCluster) * SECTOR + " and below 2T");
    }
    tableSize = tableSectors(clusters) * SECTOR;
    sectors = size < 0 ? total(clusters, perCluster) : size / SECTOR;
    if (sectors > MAX_SECTORS) {
      throw new NbdException(NbdError.EINVAL, "the files need more than the 2T of a FAT disk");
    }
    record = record();
    reserved = reserved(label, (int) clusters, (int) used);
  }

  private static int clusterSize(long bytes) {
    int size = SECTOR;
    while (size < 32 * 1024 && bytes / size > 1 << 20) {
      size *= 2;
    }
    return size;
  }

  private static long bytes(FatNode node) {
    long sum = node.size + SECTOR;
    for (FatNode child : node.children) {
      sum += bytes(child);
    }
    return sum;
  }

  private static long tableSectors(long clusters) {
    return ((clusters + FIRST_CLUSTER) * Integer.BYTES + SECTOR - 1) / SECTOR;
  }

  private static long total(long clusters, int perCluster) {
    return START + RESERVED + 2 * tableSectors(clusters) + clusters * perCluster;
  }

  /** Assigns clusters, and returns the next free one. */
  private int place(FatNode node, String label, int free) throws IOException {
    long length = node.size;
    if (node.directory) {
      byte[] entries = FatDirectory.bytes(node, label);
      directories.put(node, entries);
      length = Math.max(1, entries.length);
    }
    long clusters = (length + clusterSize - 1) / clusterSize;
    if (clusters > MAX_CLUSTERS - free) {
      throw new NbdException(NbdError.EINVAL, "the files need more than the 2T of a FAT disk");
    }
    int next = free + (int) clusters;
    if (clusters > 0) {
      node.firstCluster = free;
      node.clusters = (int) clusters;
      nodes.put(free, node);
    }
    for (FatNode child : node.children) {
      next = place(child, label, next);
    }
    return next;
  }

  private byte[] record() {
    ByteBuffer mbr = ByteBuffer.allocate(SECTOR).order(ByteOrder.LITTLE_ENDIAN);
    int entry = 446;
    mbr.putInt(440, 0x4e42_444b);
    mbr.put(entry + 1, (byte) 0xfe).put(entry + 2, (byte) 0xff).put(entry + 3, (byte) 0xff);
    mbr.put(entry + 4, (byte) 0x0c); // FAT32 with logical addresses
    mbr.put(entry + 5, (byte) 0xfe).put(entry + 6, (byte) 0xff).put(entry + 7, (byte) 0xff);
    mbr.putInt(entry + 8, START).putInt(entry + 12, (int) (sectors - START));
    return mbr.putShort(510, (short) 0xaa55).array();
  }

  private byte[] reserved(String label, int clusters, int used) {
    ByteBuffer area = ByteBuffer.allocate(RESERVED * SECTOR).order(ByteOrder.LITTLE_ENDIAN);
    for (int copy : new int[] {0, 6 * SECTOR}) {
      ByteBuffer boot = area.slice(copy, SECTOR).order(ByteOrder.LITTLE_ENDIAN);
      boot.put((byte) 0xeb).put((byte) 0x58).put((byte) 0x90).put(ascii("NBDCORE", 8));
      boot.putShort((short) SECTOR).put((byte) (clusterSize / SECTOR));
      boot.putShort((short) RESERVED).put((byte) 2).putShort((short) 0).putShort((short) 0);
      boot.put((byte) 0xf8).putShort((short) 0).putShort((short) 63).putShort((short) 255);
      boot.putInt(START).putInt((int) (sectors - START)).putInt((int) (tableSize / SECTOR));
      boot.putShort((short) 0).putShort((short) 0).putInt(FIRST_CLUSTER);
      boot.putShort((short) 1).putShort((short) 6).position(64);
      boot.put((byte) 0x80).put((byte) 0).put((byte) 0x29).putInt(0x4e42_444b);
      boot.put(ascii(label, 11)).put(ascii("FAT32", 8)).putShort(510, (short) 0xaa55);
      ByteBuffer info = area.slice(copy + SECTOR, SECTOR).order(ByteOrder.LITTLE_ENDIAN);
      info.putInt(0, 0x4161_5252).putInt(484, 0x6141_7272);
      info.putInt(488, clusters - used).putInt(492, FIRST_CLUSTER + used);
      info.putInt(508, 0xaa55_0000);
    }
    return area.array();
  }

  private static byte[] ascii(String text, int length) {
    return (text + " ".repeat(length)).substring(0, length).getBytes(StandardCharsets.US_ASCII);
  }

  long size() {
    return sectors * SECTOR;
  }

  void read(ByteBuffer dst, long offset) throws IOException {
    long at = offset;
    while (dst.hasRemaining()) {
      int before = dst.position();
      readSome(dst, at);
      at += dst.position() - before;
    }
  }

  /** Reads at least one byte. */
  private void readSome(ByteBuffer dst, long offset) throws IOException {
    long at = offset - (long) START * SECTOR;
    long tables = (long) RESERVED * SECTOR;
    long data = tables + 2 * tableSize;
    if (offset < SECTOR) {
      copy(record, (int) offset, dst);
    } else if (at < 0) {
      zero(dst, -at);
    } else if (at < tables) {
      copy(reserved, (int) at, dst);
    } else if (at < data) {
      table(dst, (at - tables) % tableSize);
    } else {
      clusters(dst, at - data);
    }
  }

  private static void copy(byte[] from, int at, ByteBuffer dst) {
    dst.put(from, at, Math.min(from.length - at, dst.remaining()));
  }

  private static void zero(ByteBuffer dst, long length) {
    int count = (int) Math.min(length, dst.remaining());
    Zeroes.fill(dst, dst.position(), count);
    dst.position(dst.position() + count);
  }

  private void table(ByteBuffer dst, long at) {
    int entry = entry((int) (at / Integer.BYTES));
    int first = (int) (at % Integer.BYTES);
    for (int i = first; i < Integer.BYTES && dst.hasRemaining(); i++) {
      dst.put((byte) (entry >>> 8 * i));
    }
  }

  private int entry(int cluster) {
    if (cluster < FIRST_CLUSTER) {
      return cluster == 0 ? 0x0fff_fff8 : LAST;
    }
    Map.Entry<Integer, FatNode> found = nodes.floorEntry(cluster);
    int end = found == null ? 0 : found.getKey() + found.getValue().clusters;
    return cluster + 1 < end ? cluster + 1 : cluster + 1 == end ? LAST : 0;
  }

  private void clusters(ByteBuffer dst, long at) throws IOException {
    int cluster = FIRST_CLUSTER + (int) (at / clusterSize);
    Map.Entry<Integer, FatNode> found = nodes.floorEntry(cluster);
    FatNode node = found == null ? null : found.getValue();
    if (node == null || cluster >= node.firstCluster + node.clusters) {
      zero(dst, Long.MAX_VALUE); // there is nothing after the last file
      return;
    }
    long within = at - (long) (node.firstCluster - FIRST_CLUSTER) * clusterSize;
    byte[] entries = directories.get(node);
    long length = entries == null ? node.size : entries.length;
    if (within >= length) {
      zero(dst, (long) node.clusters * clusterSize - within);
    } else if (entries != null) {
      copy(entries, (int) within, dst);
    } else {
      file(dst, node, within);
    }
  }

  private static void file(ByteBuffer dst, FatNode node, long within) throws IOException {
    int limit = dst.limit();
    dst.limit((int) Math.min(limit, dst.position() + node.size - within));
    try (FileChannel file = FileChannel.open(node.path, StandardOpenOption.READ)) {
      long at = within;
      while (dst.hasRemaining()) {
        int count = file.read(dst, at);
        if (count < 0) {
          throw new NbdException(
              NbdError.EIO, node.path + " is shorter than when the server was started");
        }
        at += count;
      }
    } finally {
      dst.limit(limit);
    }
  }
}
