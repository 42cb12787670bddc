package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * The grain directory of a writable extent and its redundant copy: the positions of the tables.
 * Held in memory. Entries change only while one thread writes tables back.
 */
final class TableDirectory {
  private final OpenFile file;
  private final TableLayout layout;
  private final AtomicIntegerArray primary;
  private final AtomicIntegerArray redundant; // null if there is none

  TableDirectory(OpenFile file, TableLayout layout) throws IOException {
    this.file = file;
    this.layout = layout;
    this.primary = read(layout.directory());
    this.redundant = layout.redundantDirectory() == 0 ? null : read(layout.redundantDirectory());
  }

  private AtomicIntegerArray read(long sector) throws IOException {
    int bytes = layout.directoryEntries() * Integer.BYTES;
    long start = sector * SparseHeader.SECTOR;
    if (sector < 1 || sector > file.size() / SparseHeader.SECTOR || start > file.size() - bytes) {
      throw VmdkException.bad(
          file.location(),
          "the position of a grain directory",
          "sector " + Long.toUnsignedString(sector),
          layout.directoryEntries()
              + " entries of 4 bytes within the file's "
              + file.size()
              + " bytes");
    }
    ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    file.read(buffer, bytes, start);
    int[] entries = new int[layout.directoryEntries()];
    buffer.flip().asIntBuffer().get(entries);
    for (int i = 0; i < entries.length; i++) {
      check(i, entries[i]);
    }
    return new AtomicIntegerArray(entries);
  }

  private void check(int index, int entry) throws VmdkException {
    long sector = Integer.toUnsignedLong(entry);
    if (sector != 0
        && (sector < layout.reserved()
            || sector * SparseHeader.SECTOR > file.size() - layout.tableBytes())) {
      throw VmdkException.bad(
          file.location(),
          "the grain directory's entry " + index,
          "sector " + sector,
          "0 or a table within the file's " + file.size() + " bytes");
    }
  }

  /** Returns the sector of a table; 0 if it is not in the file. */
  long primary(int table) {
    return Integer.toUnsignedLong(primary.get(table));
  }

  /** Returns the sector of a table's copy; 0 if it is not in the file. */
  long redundant(int table) {
    return redundant == null ? 0 : Integer.toUnsignedLong(redundant.get(table));
  }

  boolean hasRedundant() {
    return redundant != null;
  }

  void setPrimary(int table, long sector) throws IOException {
    set(primary, layout.directory(), table, sector);
  }

  void setRedundant(int table, long sector) throws IOException {
    set(redundant, layout.redundantDirectory(), table, sector);
  }

  private void set(AtomicIntegerArray entries, long directory, int table, long sector)
      throws IOException {
    ByteBuffer entry =
        ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt((int) sector);
    file.write(
        entry.flip(),
        Integer.BYTES,
        directory * SparseHeader.SECTOR + (long) table * Integer.BYTES);
    entries.set(table, (int) sector);
  }
}
