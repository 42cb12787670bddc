package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;

/**
 * The two headers of a space-efficient sparse extent (seSparse), which ESXi 6.5 and later use for
 * snapshots. Sizes and offsets are in sectors, as in the file.
 *
 * @param capacity size of the extent
 * @param grainSize size of the range of one table entry
 * @param tableSize size of a grain table
 * @param directory offset of the grain directory
 * @param directorySize size of the grain directory
 * @param tables offset of the grain tables, which are contiguous
 * @param tablesSize total size of the grain tables
 * @param grains offset of the grains, which are contiguous
 */
record SeSparseHeader(
    long capacity,
    long grainSize,
    long tableSize,
    long directory,
    long directorySize,
    long tables,
    long tablesSize,
    long grains) {

  /** The first four bytes of such a file, as a little-endian number. */
  static final int MAGIC = 0xcafebabe;

  private static final long CONSTANT_MAGIC = 0xcafebabeL;
  private static final long VOLATILE_MAGIC = 0xcafecafeL;
  private static final long VERSION_2_1 = 0x2_0000_0001L;
  private static final long MAX_GRAIN = 128 * 1024;
  private static final long MAX_TABLE = 64 * 1024; // 32 MiB
  private static final long MAX_SECTOR = 1L << 52; // so that sums in bytes fit in a long

  /**
   * Reads and checks both headers.
   *
   * @throws VmdkException if a header field has an invalid value, or if the journal must be
   *     replayed
   */
  static SeSparseHeader read(OpenFile file) throws IOException {
    ByteBuffer bytes = sector(file, 0);
    FileLocation location = file.location();
    if (bytes.getLong(0) != CONSTANT_MAGIC) {
      throw VmdkException.bad(
          location, "the magic number", hex(bytes.getLong(0)), "00000000cafebabe (seSparse)");
    }
    if (bytes.getLong(8) != VERSION_2_1) {
      throw VmdkException.bad(
          location, "the seSparse header's version", hex(bytes.getLong(8)), "0000000200000001");
    }
    SeSparseHeader header =
        new SeSparseHeader(
            sectors(location, "capacity", bytes.getLong(16)),
            sectors(location, "grainSize", bytes.getLong(24)),
            sectors(location, "grainTableSize", bytes.getLong(32)),
            sectors(location, "grainDirOffset", bytes.getLong(128)),
            sectors(location, "grainDirSize", bytes.getLong(136)),
            sectors(location, "grainTablesOffset", bytes.getLong(144)),
            sectors(location, "grainTablesSize", bytes.getLong(152)),
            sectors(location, "grainsOffset", bytes.getLong(192)));
    header.check(file);
    checkJournal(file, sectors(location, "volatileHeaderOffset", bytes.getLong(80)));
    return header;
  }

  private void check(OpenFile file) throws VmdkException {
    FileLocation location = file.location();
    if (grainSize < 1 || grainSize > MAX_GRAIN) {
      throw VmdkException.bad(
          location, "grainSize", grainSize + " sectors", "8, at most " + MAX_GRAIN);
    }
    if (tableSize < 1 || tableSize > MAX_TABLE) {
      throw VmdkException.bad(
          location, "grainTableSize", tableSize + " sectors", "64, at most " + MAX_TABLE);
    }
    long needed = directoryEntries() * Long.BYTES;
    if (needed > directorySize * SparseHeader.SECTOR
        || needed > file.size() - directory * SparseHeader.SECTOR) {
      throw VmdkException.bad(
          location,
          "the grain directory",
          directorySize + " sectors at sector " + directory,
          needed + " bytes within the file's " + file.size());
    }
  }

  /** Until the journal is replayed, the tables may be out of date. */
  private static void checkJournal(OpenFile file, long position) throws IOException {
    ByteBuffer bytes = sector(file, position * SparseHeader.SECTOR);
    if (bytes.getLong(0) != VOLATILE_MAGIC) {
      throw VmdkException.bad(
          file.location(),
          "the magic number of the volatile header at sector " + position,
          hex(bytes.getLong(0)),
          "00000000cafecafe");
    }
    if (bytes.getLong(24) != 0) {
      throw new VmdkException(
          file.location()
              + ": was not closed cleanly, and its journal has to be replayed; let ESXi open the"
              + " disk once (vmkfstools -x check, or start the virtual machine)");
    }
  }

  private static ByteBuffer sector(OpenFile file, long position) throws IOException {
    if (position > file.size() - SparseHeader.SECTOR) {
      throw VmdkException.bad(
          file.location(),
          "the size",
          file.size() + " bytes",
          "room for a seSparse header at byte " + position);
    }
    ByteBuffer bytes = ByteBuffer.allocate(SparseHeader.SECTOR).order(ByteOrder.LITTLE_ENDIAN);
    file.read(bytes, SparseHeader.SECTOR, position);
    return bytes;
  }

  private static long sectors(FileLocation location, String field, long value)
      throws VmdkException {
    if (value < 0 || value > MAX_SECTOR) {
      throw VmdkException.bad(
          location, field, Long.toUnsignedString(value) + " sectors", "at most " + MAX_SECTOR);
    }
    return value;
  }

  private static String hex(long value) {
    return String.format(Locale.ROOT, "%016x", value);
  }

  long grainBytes() {
    return grainSize * SparseHeader.SECTOR;
  }

  /** Returns the number of 8-byte entries in one grain table. */
  long tableEntries() {
    return tableSize * (SparseHeader.SECTOR / Long.BYTES);
  }

  /** Returns the number of 8-byte entries in the grain directory. */
  long directoryEntries() {
    long covered = grainSize * tableEntries();
    return capacity / covered + (capacity % covered == 0 ? 0 : 1);
  }
}
