package org.nbdcore.vmdk;

/**
 * Layout of the grain directories and tables of a writable sparse extent, in any format. Sizes and
 * offsets are in sectors.
 *
 * @param capacity sectors that the extent covers
 * @param grainSize sectors in a grain
 * @param tableEntries entries of 4 bytes in a grain table
 * @param directoryEntries entries of 4 bytes in the grain directory
 * @param directory the directory that is read
 * @param redundantDirectory its copy, which refers to the copies of the tables; 0 if there is none
 * @param zeroedGrains true if a table entry of 1 means a grain of zeroes
 * @param reserved the first sector where a grain or table may be
 * @param cleanFlag offset in the file of the byte that says whether it was closed cleanly
 * @param nextFree offset in the file of the next free sector's number; 0 if the format has none
 * @param firstFree value of that number when the file was opened
 */
record TableLayout(
    long capacity,
    long grainSize,
    int tableEntries,
    int directoryEntries,
    long directory,
    long redundantDirectory,
    boolean zeroedGrains,
    long reserved,
    long cleanFlag,
    long nextFree,
    long firstFree) {

  /** uncleanShutdown in the header of a hosted sparse extent. */
  static final int SPARSE_UNCLEAN = 72;

  /** Meaning of an invalid table entry. */
  static final long BAD = -2;

  /** Limit of the memory for the directory, 64 MiB. */
  private static final long MAX_DIRECTORY = 1 << 24;

  /**
   * The layout of a hosted sparse extent.
   *
   * @throws VmdkException if the directory is too large
   */
  static TableLayout of(FileLocation file, SparseHeader header) throws VmdkException {
    long reserved = header.descriptorOffset() == 1 ? 1 + header.descriptorSize() : 1;
    return new TableLayout(
        header.capacity(),
        header.grainSize(),
        header.tableEntries(),
        entries(file, header.directoryEntries()),
        header.directory(),
        header.redundant() ? header.redundantDirectory() : 0,
        header.zeroedGrains(),
        reserved,
        SPARSE_UNCLEAN,
        0,
        0);
  }

  static int entries(FileLocation file, long count) throws VmdkException {
    if (count > MAX_DIRECTORY) {
      throw VmdkException.bad(
          file,
          "the number of grain directory entries",
          count,
          "at most " + MAX_DIRECTORY + " in a disk that is written");
    }
    return (int) count;
  }

  long grainBytes() {
    return grainSize * SparseHeader.SECTOR;
  }

  int tableBytes() {
    return tableEntries * Integer.BYTES;
  }

  /** Returns the minimum size of a grain in the file: the last one may end with the disk. */
  long storedBytes(long grain) {
    return Math.min(grainSize, capacity - grain * grainSize) * SparseHeader.SECTOR;
  }

  /**
   * Returns the meaning of a table entry: a byte offset, {@link GrainMap#HOLE}, {@link
   * GrainMap#ZERO} or {@link #BAD}.
   *
   * @param raw the entry
   * @param fileSize bytes
   */
  long position(int table, int index, int raw, long fileSize) {
    long sector = Integer.toUnsignedLong(raw);
    if (sector == 0) {
      return GrainMap.HOLE;
    }
    if (sector == 1 && zeroedGrains) {
      return GrainMap.ZERO;
    }
    long grain = (long) table * tableEntries + index;
    long offset = sector * SparseHeader.SECTOR;
    if (grain * grainSize >= capacity) {
      return offset; // after the end of the disk, where no read goes
    }
    return sector >= reserved && offset + storedBytes(grain) <= fileSize ? offset : BAD;
  }
}
