package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The most recently used grain tables of a writable extent. One thread at a time loads a table. The
 * copy in memory is authoritative until it has been written back.
 */
final class TableCache implements GrainLocator {
  private static final int LOADERS = 64;

  private final OpenFile file;
  private final TableLayout layout;
  private final TableDirectory directory;
  private final AtomicReferenceArray<GrainTable> tables;
  private final AtomicInteger loaded = new AtomicInteger();
  private final AtomicInteger hand = new AtomicInteger(); // where the next eviction continues
  private final int most;

  /** Each lock guards the loading of the tables that map to it. */
  private final Object[] loaders = new Object[LOADERS];

  /**
   * @param budget approximate number of bytes of tables to keep
   */
  TableCache(OpenFile file, TableLayout layout, TableDirectory directory, int budget) {
    this.file = file;
    this.layout = layout;
    this.directory = directory;
    this.tables = new AtomicReferenceArray<>(layout.directoryEntries());
    this.most = Math.max(64, budget / layout.tableBytes());
    for (int i = 0; i < LOADERS; i++) {
      loaders[i] = new Object();
    }
  }

  /** Number of tables in memory beyond the budget. Most of them have not been written back. */
  boolean crowded() {
    return loaded.get() > most;
  }

  /** Maximum number of tables that may wait to be written back. */
  int mostDirty() {
    return most / 2;
  }

  GrainTable get(int number) throws IOException {
    GrainTable table = tables.get(number);
    return table == null ? load(number) : table;
  }

  private GrainTable load(int number) throws IOException {
    if (crowded()) {
      evict();
    }
    synchronized (loaders[number % LOADERS]) {
      GrainTable table = tables.get(number);
      if (table == null) {
        table = new GrainTable(number, read(number));
        tables.set(number, table);
        loaded.incrementAndGet();
      }
      return table;
    }
  }

  /** Frees an eighth of the budget, if that many tables are clean. */
  private void evict() {
    int wanted = Math.max(1, most / 8);
    for (int looked = 0; looked < tables.length() && wanted > 0; looked++) {
      int number = Math.floorMod(hand.getAndIncrement(), tables.length());
      GrainTable table = tables.get(number);
      if (table != null && table.evict() && tables.compareAndSet(number, table, null)) {
        loaded.decrementAndGet();
        wanted--;
      }
    }
  }

  /** Reads the table from the file. Replaces each invalid entry by that of the copy. */
  private int[] read(int number) throws IOException {
    int[] entries = readAt(directory.primary(number));
    int[] copy = null;
    for (int i = 0; i < entries.length; i++) {
      if (position(number, i, entries[i]) == TableLayout.BAD && layout.redundantDirectory() != 0) {
        copy = copy == null ? readAt(directory.redundant(number)) : copy;
        if (position(number, i, copy[i]) != TableLayout.BAD) {
          entries[i] = copy[i];
        }
      }
    }
    return entries;
  }

  private int[] readAt(long sector) throws IOException {
    int[] entries = new int[layout.tableEntries()];
    long start = sector * SparseHeader.SECTOR;
    int bytes = (int) Math.min(layout.tableBytes(), Math.max(0, file.size() - start));
    if (sector == 0 || bytes == 0) {
      return entries;
    }
    ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    file.read(buffer, bytes, start);
    buffer.flip().asIntBuffer().get(entries, 0, bytes / Integer.BYTES);
    return entries;
  }

  private long position(int table, int index, int raw) {
    return layout.position(table, index, raw, file.size());
  }

  /**
   * Decodes the entry of a grain.
   *
   * @throws VmdkException if it is invalid
   */
  long position(GrainTable table, int index) throws VmdkException {
    int raw = table.entries.get(index);
    long position = position(table.number, index, raw);
    if (position == TableLayout.BAD) {
      throw VmdkException.bad(
          file.location(),
          "entry " + index + " of grain table " + table.number,
          "sector " + Integer.toUnsignedLong(raw),
          "0 or a sector after the header, with room for a grain in the file's "
              + file.size()
              + " bytes");
    }
    return position;
  }

  int tableOf(long grain) {
    return (int) (grain / layout.tableEntries());
  }

  int indexOf(long grain) {
    return (int) (grain % layout.tableEntries());
  }

  @Override
  public long locate(long grain) throws IOException {
    int number = tableOf(grain);
    return number < tables.length() ? position(get(number), indexOf(grain)) : GrainMap.HOLE;
  }

  @Override
  public long grainsWithoutTable(long grain) throws IOException {
    int number = tableOf(grain);
    boolean none = tables.get(number) == null && directory.primary(number) == 0;
    return none ? layout.tableEntries() - grain % layout.tableEntries() : 0;
  }
}
