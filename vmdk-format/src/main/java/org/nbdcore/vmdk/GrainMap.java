package org.nbdcore.vmdk;

import java.io.IOException;

/**
 * Finds the grains of one sparse extent, in its grain directory and grain tables. If an entry is
 * invalid, it uses the redundant copies. Thread-safe; holds no memory of its own.
 */
final class GrainMap implements GrainLocator {
  /** Not stored in this extent: reads from the parent, or as zeroes. */
  static final long HOLE = 0;

  /** A zeroed grain: reads as zeroes, even if there is a parent. */
  static final long ZERO = -1;

  private static final long BAD = -2;
  private static final int MARKER = 12;

  private final OpenFile file;
  private final SparseHeader header;
  private final TablePages pages;
  private final long primary; // byte offset of the directory in use
  private final long redundant; // byte offset of the other directory, or 0
  private final long reservedSectors; // header and descriptor; no grain can be there

  GrainMap(OpenFile file, SparseHeader header, TablePages pages) throws VmdkException {
    this.file = file;
    this.header = header;
    this.pages = pages;
    this.reservedSectors = header.descriptorOffset() == 1 ? 1 + header.descriptorSize() : 1;
    boolean primaryFits = fits(header.directory());
    boolean redundantFits = header.redundant() && fits(header.redundantDirectory());
    if (!primaryFits && !redundantFits) {
      throw VmdkException.bad(
          file.location(),
          "gdOffset",
          "sector " + Long.toUnsignedString(header.directory()),
          header.directoryEntries()
              + " entries of 4 bytes within the file's "
              + file.size()
              + " bytes");
    }
    this.primary =
        (primaryFits ? header.directory() : header.redundantDirectory()) * SparseHeader.SECTOR;
    this.redundant =
        primaryFits && redundantFits ? header.redundantDirectory() * SparseHeader.SECTOR : 0;
  }

  private boolean fits(long directory) {
    long sectors = file.size() / SparseHeader.SECTOR;
    if (directory < 1 || directory > sectors) {
      return false;
    }
    long room = (file.size() - directory * SparseHeader.SECTOR) / Integer.BYTES;
    return header.directoryEntries() <= room;
  }

  @Override
  public long locate(long grain) throws IOException {
    long found = locate(primary, grain);
    if (found == BAD && redundant != 0) {
      found = locate(redundant, grain);
    }
    if (found == BAD) {
      throw corrupt(grain);
    }
    return found;
  }

  private long locate(long directory, long grain) throws IOException {
    long table = table(directory, grain);
    if (table <= 0) {
      return table < 0 ? BAD : HOLE;
    }
    long entry =
        pages.entry(
            file, table * SparseHeader.SECTOR + grain % header.tableEntries() * Integer.BYTES);
    if (entry == HOLE || entry < 0) {
      return entry < 0 ? BAD : HOLE;
    }
    if (entry == 1 && header.zeroedGrains()) {
      return ZERO;
    }
    long offset = entry * SparseHeader.SECTOR;
    boolean sound = entry >= reservedSectors && offset + storedBytes(grain) <= file.size();
    return sound ? offset : BAD;
  }

  /**
   * Returns the sector of the grain's table; 0 if it has none, negative if the directory ends
   * before it.
   */
  private long table(long directory, long grain) throws IOException {
    return pages.entry(file, directory + grain / header.tableEntries() * Integer.BYTES);
  }

  /** Returns the minimum size of a grain in the file. The last grain may end with the disk. */
  private long storedBytes(long grain) {
    if (header.compressed()) {
      return MARKER + 1;
    }
    long start = grain * header.grainSize();
    return Math.min(header.grainSize(), header.capacity() - start) * SparseHeader.SECTOR;
  }

  @Override
  public long grainsWithoutTable(long grain) throws IOException {
    return table(primary, grain) == 0 ? header.tableEntries() - grain % header.tableEntries() : 0;
  }

  private VmdkException corrupt(long grain) throws IOException {
    long table = table(primary, grain);
    long index = grain % header.tableEntries();
    String where = "the grain directory's entry " + grain / header.tableEntries();
    long value = table;
    long entry = pages.entry(file, table * SparseHeader.SECTOR + index * Integer.BYTES);
    if (entry >= 0) {
      where = "entry " + index + " of the grain table at sector " + table;
      value = entry;
    }
    return VmdkException.bad(
        file.location(),
        where + " (grain " + grain + ")",
        "sector " + value,
        "0 or a sector after the header, with room for a grain in the file's "
            + file.size()
            + " bytes");
  }
}
