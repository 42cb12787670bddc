package org.nbdcore.filter.qcow2dec;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.helpers.UnalignedReader;
import org.nbdcore.system.Zstd;

/**
 * The header of a qcow2 file: the fields that are needed for reading.
 *
 * @param version 2 or 3
 * @param clusterBits the size of clusters, as a power of two
 * @param size of the disk, in bytes
 * @param tableSize of the first table, in entries
 * @param table where the first table begins, in bytes
 * @param zstd whether clusters are compressed with zstd, not deflate
 */
record Qcow2Header(
    int version, int clusterBits, long size, int tableSize, long table, boolean zstd) {

  private static final int MAGIC = 0x514649fb; // "QFI" and a byte that no text has
  private static final int LENGTH = 104;
  private static final int LENGTH_2 = 72;
  private static final int LONGEST_TABLE = 32 << 20;

  private static final int DIRTY = 1;
  private static final int CORRUPT = 2;
  private static final int EXTERNAL_DATA = 4;
  private static final int COMPRESSION = 8;
  private static final int EXTENDED_ENTRIES = 16;

  // Ways to compress.
  private static final int DEFLATE = 0;
  private static final int ZSTD = 1;

  /**
   * Reads and checks the header.
   *
   * @throws NbdException if this is not a qcow2 file, or the filter does not support it
   */
  static Qcow2Header read(BlockDevice device) throws IOException {
    if (device.size() < LENGTH) {
      throw wrong("not a qcow2 file: the disk has only " + device.size() + " bytes");
    }
    ByteBuffer bytes =
        new UnalignedReader(device).read(0, LENGTH + 1 <= device.size() ? LENGTH + 1 : LENGTH);
    if (bytes.getInt(0) != MAGIC) {
      throw wrong("not a qcow2 file: it does not start with the qcow2 signature");
    }
    int version = bytes.getInt(4);
    if (version != 2 && version != 3) {
      throw wrong("the version of the qcow2 file must be 2 or 3, not " + version);
    }
    refuseIf(bytes.getLong(8) != 0, "has a backing file");
    refuseIf(bytes.getInt(32) != 0, "is encrypted");
    boolean zstd = version == 3 && checkFeatures(bytes);
    Qcow2Header header =
        new Qcow2Header(
            version,
            bytes.getInt(20),
            bytes.getLong(24),
            bytes.getInt(36),
            bytes.getLong(40),
            zstd);
    header.check(device.size());
    return header;
  }

  /** Returns whether clusters are compressed with zstd. Refuses unsupported features. */
  private static boolean checkFeatures(ByteBuffer bytes) throws NbdException {
    long features = bytes.getLong(LENGTH_2);
    refuseIf((features & DIRTY) != 0, "was not closed (it is marked dirty); qemu-img check -r all");
    refuseIf((features & CORRUPT) != 0, "is marked corrupt; qemu-img check -r all may mend it");
    refuseIf((features & EXTERNAL_DATA) != 0, "has its data in another file");
    refuseIf((features & EXTENDED_ENTRIES) != 0, "has extended L2 entries");
    boolean hasCompressionType = (features & COMPRESSION) != 0 && bytes.limit() > LENGTH;
    int compression = hasCompressionType ? bytes.get(LENGTH) : DEFLATE;
    boolean known = compression == DEFLATE || compression == ZSTD;
    refuseIf(!known, "is compressed in a way that is not known here: " + compression);
    long unknown = features & -32;
    refuseIf(unknown != 0, "needs features that are not known here: " + Long.toHexString(unknown));
    if (compression == ZSTD && !Zstd.available()) {
      throw wrong(
          "the qcow2 file is compressed with zstd; that needs the library libzstd.so.1, which is"
              + " not installed");
    }
    return compression == ZSTD;
  }

  private static void refuseIf(boolean condition, String what) throws NbdException {
    if (condition) {
      throw wrong("the qcow2 file " + what + ", which qcow2dec cannot read; qemu-nbd may");
    }
  }

  private void check(long fileSize) throws NbdException {
    if (clusterBits < 9 || clusterBits > 21) {
      throw wrong("the qcow2 file is damaged: its clusters have 2^" + clusterBits + " bytes");
    }
    boolean possible = tableSize >= 0 && tableSize <= LONGEST_TABLE / Long.BYTES && size >= 0;
    if (!possible || (long) tableSize << 2 * clusterBits - 3 < size) {
      throw wrong(
          "the qcow2 file is damaged: its table has "
              + tableSize
              + " entries for "
              + size
              + " bytes");
    }
    if (table < 0 || table > fileSize - (long) tableSize * Long.BYTES) {
      throw wrong("the qcow2 file is damaged: its table at " + table + " is not in it");
    }
  }

  int clusterSize() {
    return 1 << clusterBits;
  }

  static NbdException wrong(String message) {
    return new NbdException(NbdError.EINVAL, message);
  }
}
