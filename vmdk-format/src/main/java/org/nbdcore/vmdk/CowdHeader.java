package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;

/**
 * The header of an ESX sparse extent (COWD), createType vmfsSparse. Directory and tables have the
 * format of a hosted sparse extent without copies. The header is therefore parsed into a {@link
 * SparseHeader}.
 */
final class CowdHeader {
  /** Fixed by the specification. */
  static final int TABLE_ENTRIES = 4096;

  /** Length of the header. Directory, tables and grains follow it. */
  static final int SECTORS = 4;

  /** uncleanShutdown. */
  static final int UNCLEAN = 1648;

  private static final int BYTES = 32; // the other fields describe parents, as the descriptor does
  private static final int NEXT_FREE = 28; // freeSector
  private static final int VERSION = 1;
  private static final long MAX_GRAIN = 128 * 1024; // 64 MiB, as in hosted sparse extents

  private CowdHeader() {}

  /**
   * Reads and checks the header at the start of the file.
   *
   * @throws VmdkException if a field has an invalid value
   */
  static SparseHeader read(OpenFile file) throws IOException {
    FileLocation location = file.location();
    if (file.size() < SECTORS * SparseHeader.SECTOR) {
      throw VmdkException.bad(
          location, "the size", file.size() + " bytes", "room for an ESX sparse extent's header");
    }
    ByteBuffer bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    file.read(bytes, BYTES, 0);
    if (bytes.getInt(0) != SparseHeader.COWD_MAGIC) {
      throw VmdkException.bad(
          location, "the magic number", hex(bytes.getInt(0)), "44574f43 (COWD)");
    }
    if (bytes.getInt(4) != VERSION) {
      throw VmdkException.bad(
          location, "the ESX sparse header's version", unsigned(bytes.getInt(4)), "1");
    }
    long capacity = Integer.toUnsignedLong(bytes.getInt(12));
    long grainSize = Integer.toUnsignedLong(bytes.getInt(16));
    long directory = Integer.toUnsignedLong(bytes.getInt(20));
    if (grainSize < 1 || grainSize > MAX_GRAIN) {
      throw VmdkException.bad(
          location, "grainSize", grainSize + " sectors", "between 1 and " + MAX_GRAIN);
    }
    SparseHeader header =
        new SparseHeader(0, capacity, grainSize, 0, 0, TABLE_ENTRIES, 0, directory);
    long entries = Integer.toUnsignedLong(bytes.getInt(24));
    if (entries < header.directoryEntries()) {
      throw VmdkException.bad(
          location,
          "numGDEntries",
          entries,
          "at least " + header.directoryEntries() + " for " + capacity + " sectors");
    }
    return header;
  }

  /** Returns the layout of an extent to be written. */
  static TableLayout layout(OpenFile file, SparseHeader header) throws IOException {
    ByteBuffer next = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    file.read(next, Integer.BYTES, NEXT_FREE);
    return new TableLayout(
        header.capacity(),
        header.grainSize(),
        TABLE_ENTRIES,
        TableLayout.entries(file.location(), header.directoryEntries()),
        header.directory(),
        0,
        false,
        SECTORS,
        UNCLEAN,
        NEXT_FREE,
        Integer.toUnsignedLong(next.getInt(0)));
  }

  private static String hex(int value) {
    return String.format(Locale.ROOT, "%08x", value);
  }

  private static String unsigned(int value) {
    return Integer.toUnsignedString(value);
  }
}
