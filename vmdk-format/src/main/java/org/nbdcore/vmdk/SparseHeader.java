package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;

/**
 * The header of a hosted sparse extent. Sizes and offsets are in sectors, as in the file.
 *
 * @param flags bits of the FLAG constants
 * @param capacity size of the extent
 * @param grainSize a power of two
 * @param descriptorOffset offset of the embedded descriptor; 0 if there is none
 * @param descriptorSize size of the embedded descriptor, including padding
 * @param tableEntries entries in a grain table
 * @param redundantDirectory offset of the second grain directory, if the flags say that there is
 *     one
 * @param directory offset of the grain directory; {@link #AT_END} if the footer contains it
 */
record SparseHeader(
    int flags,
    long capacity,
    long grainSize,
    long descriptorOffset,
    long descriptorSize,
    int tableEntries,
    long redundantDirectory,
    long directory) {
  /** Bytes in a sector, the unit of all sizes in a VMDK file. */
  static final int SECTOR = 512;

  /** "KDMV". */
  static final int MAGIC = 0x564d444b;

  /** "COWD": an ESX sparse extent. */
  static final int COWD_MAGIC = 0x44574f43;

  static final long AT_END = -1;

  private static final int FLAG_NEWLINES = 1;
  private static final int FLAG_REDUNDANT = 1 << 1;
  private static final int FLAG_ZEROED_GRAINS = 1 << 2;
  private static final int FLAG_COMPRESSED = 1 << 16;
  private static final int FLAG_MARKERS = 1 << 17;
  private static final int NEWLINES = 0x0a0d200a; // "\n \r\n" as a little-endian number
  private static final int DEFLATE = 1;
  private static final long MAX_GRAIN = 128 * 1024; // 64 MiB
  private static final long MAX_COMPRESSED_GRAIN = 8 * 1024; // 4 MiB: it must fit in memory
  private static final int MAX_TABLE_ENTRIES = 4096;
  private static final long MAX_SECTOR = Long.MAX_VALUE / SECTOR;

  /**
   * Reads and checks the header at {@code position} (0, or the position of the footer).
   *
   * @throws VmdkException if a field has an invalid value
   */
  static SparseHeader read(OpenFile file, long position) throws IOException {
    FileLocation path = file.location();
    if (position < 0 || file.size() - position < SECTOR) {
      throw VmdkException.bad(
          path, "the size", file.size() + " bytes", "room for a sparse header at " + position);
    }
    ByteBuffer bytes = ByteBuffer.allocate(SECTOR).order(ByteOrder.LITTLE_ENDIAN);
    file.read(bytes, SECTOR, position);
    checkIdentity(path, bytes, position);
    SparseHeader header =
        new SparseHeader(
            bytes.getInt(8),
            bytes.getLong(12),
            bytes.getLong(20),
            bytes.getLong(28),
            bytes.getLong(36),
            bytes.getInt(44),
            bytes.getLong(48),
            bytes.getLong(56));
    header.checkSizes(path);
    header.checkCompression(path, Short.toUnsignedInt(bytes.getShort(77)));
    return header;
  }

  private static void checkIdentity(FileLocation path, ByteBuffer bytes, long position)
      throws VmdkException {
    int magic = bytes.getInt(0);
    if (magic != MAGIC) {
      throw VmdkException.bad(
          path,
          "the magic number at byte " + position,
          String.format(Locale.ROOT, "%08x", magic),
          "564d444b (KDMV)");
    }
    int version = bytes.getInt(4);
    if (version < 1 || version > 3) {
      throw VmdkException.bad(
          path, "the sparse header's version", Integer.toUnsignedString(version), "1, 2 or 3");
    }
    if ((bytes.getInt(8) & FLAG_NEWLINES) != 0 && bytes.getInt(73) != NEWLINES) {
      throw VmdkException.bad(
          path,
          "the newline test pattern",
          String.format(Locale.ROOT, "%08x", bytes.getInt(73)),
          "0a0d200a (was the file copied in text mode?)");
    }
  }

  private void checkSizes(FileLocation path) throws VmdkException {
    if (capacity < 0 || capacity > MAX_SECTOR) {
      throw VmdkException.bad(
          path, "capacity", unsigned(capacity) + " sectors", "at most " + MAX_SECTOR);
    }
    if (grainSize < 1 || grainSize > MAX_GRAIN || Long.bitCount(grainSize) != 1) {
      throw VmdkException.bad(
          path,
          "grainSize",
          unsigned(grainSize) + " sectors",
          "a power of two between 1 and " + MAX_GRAIN);
    }
    if (tableEntries < 1 || tableEntries > MAX_TABLE_ENTRIES) {
      throw VmdkException.bad(
          path,
          "numGTEsPerGT",
          Integer.toUnsignedString(tableEntries),
          "512, at most " + MAX_TABLE_ENTRIES);
    }
    long maxDescriptor = DescriptorParser.MAX_BYTES / SECTOR;
    if (descriptorOffset != 0 && (descriptorSize < 1 || descriptorSize > maxDescriptor)) {
      throw VmdkException.bad(
          path, "descriptorSize", unsigned(descriptorSize) + " sectors", "1 to " + maxDescriptor);
    }
    if (descriptorOffset < 0 || descriptorOffset > MAX_SECTOR - maxDescriptor) {
      throw VmdkException.bad(
          path, "descriptorOffset", unsigned(descriptorOffset), "a sector of the file");
    }
  }

  private void checkCompression(FileLocation path, int algorithm) throws VmdkException {
    if (!compressed()) {
      return;
    }
    if (algorithm != DEFLATE) {
      throw VmdkException.bad(path, "compressAlgorithm", algorithm, "1 (deflate)");
    }
    if ((flags & FLAG_MARKERS) == 0) {
      throw VmdkException.bad(
          path,
          "flags",
          String.format(Locale.ROOT, "%08x", flags),
          "bit 17 (markers) beside bit 16");
    }
    if (grainSize > MAX_COMPRESSED_GRAIN) {
      throw VmdkException.bad(
          path,
          "grainSize",
          grainSize + " sectors",
          "at most " + MAX_COMPRESSED_GRAIN + " in a compressed extent");
    }
  }

  private static String unsigned(long value) {
    return Long.toUnsignedString(value);
  }

  /** Returns the same header with a known offset of the grain directory. */
  SparseHeader withDirectory(long sector) {
    return new SparseHeader(
        flags,
        capacity,
        grainSize,
        descriptorOffset,
        descriptorSize,
        tableEntries,
        redundantDirectory,
        sector);
  }

  boolean compressed() {
    return (flags & FLAG_COMPRESSED) != 0;
  }

  boolean zeroedGrains() {
    return (flags & FLAG_ZEROED_GRAINS) != 0;
  }

  boolean redundant() {
    return (flags & FLAG_REDUNDANT) != 0;
  }

  boolean directoryAtEnd() {
    return directory == AT_END;
  }

  long grainBytes() {
    return grainSize * SECTOR;
  }

  /** Returns the number of entries of the grain directory. */
  long directoryEntries() {
    long covered = grainSize * tableEntries;
    return capacity / covered + (capacity % covered == 0 ? 0 : 1);
  }
}
