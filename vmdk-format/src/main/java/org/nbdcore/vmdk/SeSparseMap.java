package org.nbdcore.vmdk;

import java.io.IOException;
import java.util.Locale;

/**
 * Finds the grains of a space-efficient sparse extent. Tables and grains are numbered; the upper
 * four bits of an entry are its type. Thread-safe; holds no memory of its own.
 */
final class SeSparseMap implements GrainLocator {
  private static final long TYPE = 0xf000000000000000L;
  private static final long MAPPED = 0x3000000000000000L;
  private static final long ZEROED = 0x2000000000000000L;

  /** Freed by the guest with UNMAP: reads as zeroes, even if there is a parent. */
  private static final long UNMAPPED = 0x1000000000000000L;

  private static final long DIRECTORY_MARK = 0x1000000000000000L;
  private static final long DIRECTORY_INDEX = 0xffffffffL;

  private final OpenFile file;
  private final SeSparseHeader header;
  private final TablePages pages;

  SeSparseMap(OpenFile file, SeSparseHeader header, TablePages pages) {
    this.file = file;
    this.header = header;
    this.pages = pages;
  }

  @Override
  public long locate(long grain) throws IOException {
    long table = directoryEntry(grain);
    if (table == 0) {
      return GrainMap.HOLE;
    }
    long number = table & DIRECTORY_INDEX;
    long sector = number * header.tableSize();
    if ((table & ~DIRECTORY_INDEX) != DIRECTORY_MARK
        || sector > header.tablesSize() - header.tableSize()) {
      throw bad(
          "entry " + grain / header.tableEntries() + " of the grain directory",
          grain,
          table,
          "0, or 10000000 and the number of one of "
              + header.tablesSize() / header.tableSize()
              + " tables");
    }
    long position =
        (header.tables() + sector) * SparseHeader.SECTOR
            + grain % header.tableEntries() * Long.BYTES;
    return grain(grain, number, entry(position, "grain table " + number));
  }

  private long grain(long grain, long table, long entry) throws VmdkException {
    if (entry == 0) {
      return GrainMap.HOLE;
    }
    long type = entry & TYPE;
    if (type == ZEROED || type == UNMAPPED) {
      return GrainMap.ZERO;
    }
    // An entry stores the number's lower 12 bits above its upper 48.
    long number = (entry & 0x0fff000000000000L) >>> 48 | (entry & 0x0000ffffffffffffL) << 12;
    long room = file.size() - header.grains() * SparseHeader.SECTOR - storedBytes(grain);
    if (type != MAPPED || room < 0 || number > room / header.grainBytes()) {
      throw bad(
          "entry " + grain % header.tableEntries() + " of grain table " + table,
          grain,
          entry,
          "0, 1…, 2…, or 3… and the number of a grain within the file's " + file.size() + " bytes");
    }
    return header.grains() * SparseHeader.SECTOR + number * header.grainBytes();
  }

  /** The last grain may end with the disk. */
  private long storedBytes(long grain) {
    long left = header.capacity() - grain * header.grainSize();
    return Math.min(header.grainSize(), left) * SparseHeader.SECTOR;
  }

  private long directoryEntry(long grain) throws IOException {
    long position =
        header.directory() * SparseHeader.SECTOR + grain / header.tableEntries() * Long.BYTES;
    return entry(position, "the grain directory");
  }

  private long entry(long position, String where) throws IOException {
    long low = pages.entry(file, position);
    long high = pages.entry(file, position + Integer.BYTES);
    if (low < 0 || high < 0) {
      throw VmdkException.bad(
          file.location(),
          "the position of " + where,
          "byte " + position,
          "one within the file's " + file.size() + " bytes");
    }
    return high << 32 | low;
  }

  @Override
  public long grainsWithoutTable(long grain) throws IOException {
    return directoryEntry(grain) == 0 ? header.tableEntries() - grain % header.tableEntries() : 0;
  }

  private VmdkException bad(String where, long grain, long value, String expected) {
    return VmdkException.bad(
        file.location(),
        where + " (grain " + grain + ")",
        String.format(Locale.ROOT, "%016x", value),
        expected);
  }
}
