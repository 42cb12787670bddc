package org.nbdcore.filter.qcow2dec;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.helpers.UnalignedReader;

/** Maps each cluster of the disk to its position in the file. Safe for use by many threads. */
final class ClusterMap {

  private static final long OFFSET = 0x00ff_ffff_ffff_fe00L;
  private static final long COMPRESSED = 1L << 62;
  private static final long ZERO = 1;

  /** Number of tables in memory; enough for 8 GiB of a disk with default clusters. */
  private static final int KEPT = 16;

  private final Qcow2Header header;
  private final UnalignedReader file;
  private final long fileSize;
  private final long[] first;
  private final RecentValues<long[]> tables = new RecentValues<>(KEPT);

  ClusterMap(BlockDevice device, Qcow2Header header) throws IOException {
    this.header = header;
    file = new UnalignedReader(device);
    fileSize = device.size();
    first = table(header.table(), header.tableSize());
  }

  private long[] table(long offset, int entries) throws IOException {
    if (offset > fileSize - (long) entries * Long.BYTES) {
      throw damaged("a table at " + offset + " is not in it");
    }
    long[] table = new long[entries];
    if (entries > 0) {
      file.read(offset, entries * Long.BYTES).asLongBuffer().get(table);
    }
    return table;
  }

  /**
   * The table entry of a cluster, for the methods below; 0 if the file does not contain the
   * cluster.
   */
  long entry(long cluster) throws IOException {
    int bits = header.clusterBits() - 3;
    int index = (int) (cluster >>> bits);
    long offset = first[index] & OFFSET;
    if (offset == 0) {
      return 0;
    }
    long[] second = tables.get(index);
    if (second == null) {
      second = table(offset, 1 << bits);
      tables.put(index, second);
    }
    return second[(int) cluster & (1 << bits) - 1];
  }

  /** The first cluster after this one that has a second-level table. */
  long afterMissingTable(long cluster) {
    int bits = header.clusterBits() - 3;
    int index = (int) (cluster >>> bits);
    if ((first[index] & OFFSET) != 0) {
      return cluster + 1;
    }
    do {
      index++;
    } while (index < first.length && (first[index] & OFFSET) == 0);
    return (long) index << bits;
  }

  /** True if a cluster reads as zeroes. */
  boolean isZero(long entry) {
    if (isCompressed(entry)) {
      return false;
    }
    return (entry & OFFSET) == 0 || header.version() == 3 && (entry & ZERO) != 0;
  }

  boolean isCompressed(long entry) {
    return (entry & COMPRESSED) != 0;
  }

  /** Start of an uncompressed cluster in the file, in bytes. */
  long offset(long entry) throws NbdException {
    long offset = entry & OFFSET;
    if ((offset & header.clusterSize() - 1) != 0) {
      throw damaged("a cluster begins at " + offset);
    }
    return offset;
  }

  /** The stored bytes of a compressed cluster, possibly with other bytes after them. */
  ByteBuffer compressed(long entry) throws IOException {
    int bits = 62 - (header.clusterBits() - 8);
    long offset = entry & (1L << bits) - 1;
    long sectors = (entry & COMPRESSED - 1) >>> bits;
    long end = Math.min(fileSize, (offset & -512) + (sectors + 1) * 512);
    if (offset >= end) {
      throw damaged("a compressed cluster at " + offset + " is not in it");
    }
    return file.read(offset, (int) (end - offset));
  }

  static NbdException damaged(String how) {
    return new NbdException(NbdError.EIO, "the qcow2 file is damaged: " + how);
  }
}
