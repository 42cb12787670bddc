package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.Set;

/**
 * Checks an extent with tables of four-byte entries and plain grains. Repairs entries from the copy
 * of their table. If both entries are valid and differ, the first one counts, as for readers.
 */
final class TableCheck {
  private static final int SECTOR = SparseHeader.SECTOR;

  private final OpenFile file;
  private final SparseHeader header;
  private final VmdkCheck check;
  private final boolean repair;
  private final boolean cowd;
  private final long reserved;
  private final long fileSectors;
  private final UsedRanges used;
  private final Set<Long> tables = new HashSet<>();
  private final ByteBuffer primary;
  private final ByteBuffer copy;
  private long directory;
  private long redundant;
  private long grains;
  private boolean valid = true;

  TableCheck(OpenFile file, SparseHeader header, VmdkCheck check, boolean repair)
      throws IOException {
    this.file = file;
    this.header = header;
    this.check = check;
    this.repair = repair;
    this.cowd = magic(file) == SparseHeader.COWD_MAGIC;
    boolean embedded = header.descriptorOffset() == 1;
    this.reserved = cowd ? CowdHeader.SECTORS : embedded ? 1 + header.descriptorSize() : 1;
    this.fileSectors = file.size() / SECTOR + (file.size() % SECTOR == 0 ? 0 : 1);
    this.used = new UsedRanges(fileSectors + 16); // directories and header may be in one sector
    this.primary = table();
    this.copy = table();
  }

  private static int magic(OpenFile file) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    file.read(bytes, Integer.BYTES, 0);
    return bytes.getInt(0);
  }

  private ByteBuffer table() {
    return ByteBuffer.allocate(header.tableEntries() * Integer.BYTES)
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  void run() throws IOException {
    used.add(0, reserved);
    directory = useDirectory(header.directory(), "grain directory");
    if (header.redundant()) {
      redundant = useDirectory(header.redundantDirectory(), "redundant grain directory");
    }
    for (long number = 0; number < header.directoryEntries(); number++) {
      tables(number);
    }
    long unused = used.sweep(fileSectors, this::overlap);
    check.count(grains, leaked(unused));
    cleanFlag();
  }

  /** Returns the directory's sector; 0 if it does not lie in the file. */
  private long useDirectory(long sector, String what) throws VmdkException {
    long bytes = header.directoryEntries() * Integer.BYTES;
    if (sector < 1 || sector > fileSectors || bytes > file.size() - sector * SECTOR) {
      bad(
          "the "
              + what
              + " is at sector "
              + sector
              + ", outside of the file's "
              + fileSectors
              + " sectors");
      return 0;
    }
    used.add(sector, sectors(bytes));
    return sector;
  }

  private void overlap(long sector) throws VmdkException {
    bad("the data at sector " + sector + " overlaps with another grain or table");
  }

  /** Padding before the first grain is not a leak. */
  private long leaked(long unused) {
    long grainSize = header.grainSize();
    long padding = Math.min(unused, grainSize > 1 ? grainSize - 1 : 0);
    return (unused - padding) / grainSize * grainSize * SECTOR;
  }

  private void bad(String what) throws VmdkException {
    valid = false;
    check.problem(file.location() + ": " + what);
  }

  private void tables(long number) throws IOException {
    long first = directory == 0 ? 0 : entry(directory, number);
    long second = redundant == 0 ? 0 : entry(redundant, number);
    boolean firstFits = read(first, primary, "table", number);
    boolean secondFits = read(second, copy, "copy", number);
    if (firstFits && secondFits) {
      compare(number, first, second);
    } else if (first != 0 || second != 0) {
      entries(number, firstFits ? primary : secondFits ? copy : null);
    }
  }

  private long entry(long directory, long number) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    file.read(bytes, Integer.BYTES, directory * SECTOR + number * Integer.BYTES);
    return Integer.toUnsignedLong(bytes.getInt(0));
  }

  /** Reads a table. Returns false if there is none, or if it cannot be read. */
  private boolean read(long sector, ByteBuffer table, String what, long number) throws IOException {
    if (sector == 0) {
      return false;
    }
    long length = sectors(table.capacity());
    if (sector < reserved || sector * SECTOR > file.size() - table.capacity()) {
      badTable(what, number, sector, "outside of the file's " + fileSectors + " sectors");
      return false;
    }
    if (!tables.add(sector)) {
      badTable(what, number, sector, "of another table");
      return false;
    }
    used.add(sector, length);
    file.read(table.clear(), table.capacity(), sector * SECTOR);
    table.clear();
    return true;
  }

  private void badTable(String what, long number, long sector, String why) throws VmdkException {
    bad(
        "the "
            + what
            + " of entry "
            + number
            + " of the grain directory is at sector "
            + sector
            + ", "
            + why);
  }

  private void compare(long number, long first, long second) throws IOException {
    int fromCopy = 0;
    int toCopy = 0;
    for (int i = 0; i < header.tableEntries(); i++) {
      int one = primary.getInt(i * Integer.BYTES);
      int two = copy.getInt(i * Integer.BYTES);
      if (one != two && isInFile(number, i, one)) {
        toCopy++;
        copy.putInt(i * Integer.BYTES, one);
      } else if (one != two && isInFile(number, i, two)) {
        fromCopy++;
        primary.putInt(i * Integer.BYTES, two);
      }
    }
    repaired(fromCopy, "leads nowhere, but its copy is valid", number, primary, first);
    repaired(toCopy, "differs from its copy", number, copy, second);
    entries(number, primary);
  }

  private void repaired(int count, String what, long number, ByteBuffer table, long sector)
      throws IOException {
    if (count == 0) {
      return;
    }
    String line =
        count
            + " of the entries of grain table "
            + number
            + ", at sector "
            + sector
            + ", "
            + (count == 1 ? "is wrong: it " : "are wrong: each ")
            + what;
    if (!repair) {
      bad(line);
      return;
    }
    file.write(table.clear(), table.capacity(), sector * SECTOR);
    table.clear();
    file.force(false);
    check.repaired(file.location() + ": " + line);
  }

  private void entries(long number, ByteBuffer table) throws VmdkException {
    for (int i = 0; table != null && i < header.tableEntries(); i++) {
      long grain = number * header.tableEntries() + i;
      long sector = Integer.toUnsignedLong(table.getInt(i * Integer.BYTES));
      if (grain * header.grainSize() >= header.capacity() || isHoleOrZero(sector)) {
        continue;
      }
      if (isInFile(number, i, (int) sector)) {
        grains++;
        used.add(sector, stored(grain));
      } else {
        bad(
            "grain "
                + grain
                + " is at sector "
                + sector
                + ", outside of the file's "
                + fileSectors
                + " sectors");
      }
    }
  }

  /** True for an entry without a position in the file: a hole, or a grain of zeroes. */
  private boolean isHoleOrZero(long sector) {
    return sector == 0 || sector == 1 && header.zeroedGrains();
  }

  private boolean isInFile(long number, int index, int entry) {
    long sector = Integer.toUnsignedLong(entry);
    long grain = number * header.tableEntries() + index;
    if (isHoleOrZero(sector) || grain * header.grainSize() >= header.capacity()) {
      return true;
    }
    return sector >= reserved && (sector + stored(grain)) * SECTOR <= file.size();
  }

  private long stored(long grain) {
    return Math.min(header.grainSize(), header.capacity() - grain * header.grainSize());
  }

  private static long sectors(long bytes) {
    return (bytes + SECTOR - 1) / SECTOR;
  }

  /**
   * Checks the flag that is set while a writer has the disk open. It stays set if the writer did
   * not close the disk.
   */
  private void cleanFlag() throws IOException {
    ByteBuffer flag = ByteBuffer.allocate(1);
    long position = cowd ? CowdHeader.UNCLEAN : TableLayout.SPARSE_UNCLEAN;
    file.read(flag, 1, position);
    if (flag.get(0) == 0) {
      return;
    }
    if (repair && valid) {
      file.write(flag.put(0, (byte) 0).clear(), 1, position);
      file.force(false);
      check.repaired(file.location() + ": was not closed when it was last written");
    } else {
      check.problem(file.location() + ": was not closed when it was last written");
    }
  }
}
