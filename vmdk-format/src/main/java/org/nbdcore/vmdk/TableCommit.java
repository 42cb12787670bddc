package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes the changes of a sparse extent durable, in an order that is safe in a crash: first the
 * grains, then the tables that refer to them, then the directory that refers to new tables. Entries
 * are independent of each other, so a partly written table is valid.
 */
final class TableCommit {
  private final OpenFile file;
  private final TableLayout layout;
  private final TableDirectory directory;
  private final TableCache tables;
  private final GrainSpace space;
  private final ConcurrentLinkedQueue<GrainTable> dirty = new ConcurrentLinkedQueue<>();
  private final AtomicInteger dirtyCount = new AtomicInteger();

  private volatile boolean written; // true if the file has changed since the last force
  private volatile long
      started; // number of commits; changed while holding this object's lock, as during every
  // commit
  private long done; // the last successful commit; guarded by this object's lock

  /** A table and its entries at the start of the commit. */
  private record Snapshot(GrainTable table, int[] entries) {}

  TableCommit(
      OpenFile file,
      TableLayout layout,
      TableDirectory directory,
      TableCache tables,
      GrainSpace space) {
    this.file = file;
    this.layout = layout;
    this.directory = directory;
    this.tables = tables;
    this.space = space;
  }

  /** Records that grains were written. Call it after the write. */
  void wrote() {
    if (!written) {
      written = true;
    }
  }

  /** Records that a table has changed. The caller holds the table's write lock. */
  void changed(GrainTable table) {
    if (table.markDirty()) {
      queue(table);
    }
  }

  private void queue(GrainTable table) {
    dirty.add(table);
    dirtyCount.incrementAndGet();
  }

  /** True if so many tables have changed that they should be written before further changes. */
  boolean crowded() {
    return dirtyCount.get() > tables.mostDirty();
  }

  /**
   * Returns when all changes made before this call are durable. One commit serves all threads that
   * wait for the next one.
   */
  void commit() throws IOException {
    long needed = started + 1;
    synchronized (this) {
      if (done < needed) {
        long number = started + 1;
        started = number;
        run();
        done = number;
      }
    }
  }

  private void run() throws IOException {
    if (!written && dirty.isEmpty()) {
      return;
    }
    written = false;
    long[] released = space.takeReleased(); // before the tables, which no longer refer to them
    List<Snapshot> snapshots = snapshots();
    boolean successful = false;
    try {
      file.force(false);
      if (!snapshots.isEmpty()) {
        writeTables(snapshots);
        file.force(false);
      }
      successful = true;
    } finally {
      end(snapshots, released, successful);
    }
  }

  private List<Snapshot> snapshots() {
    List<Snapshot> snapshots = new ArrayList<>();
    GrainTable table = dirty.poll();
    while (table != null) {
      dirtyCount.decrementAndGet();
      snapshots.add(new Snapshot(table, table.snapshot()));
      table = dirty.poll();
    }
    return snapshots;
  }

  private void end(List<Snapshot> snapshots, long[] released, boolean successful) {
    for (Snapshot each : snapshots) {
      if (each.table.committed(successful)) {
        queue(each.table);
      }
    }
    if (successful) {
      space.reusable(released);
    } else {
      space.unreleased(released);
      written = true;
    }
  }

  private void writeTables(List<Snapshot> snapshots) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocateDirect(layout.tableBytes());
    bytes.order(ByteOrder.LITTLE_ENDIAN);
    long[] fresh = new long[snapshots.size()];
    long[] freshCopies = new long[snapshots.size()];
    boolean anyFresh = false;
    for (int i = 0; i < fresh.length; i++) {
      int number = snapshots.get(i).table.number;
      bytes.clear().asIntBuffer().put(snapshots.get(i).entries);
      if (directory.hasRedundant()) {
        freshCopies[i] = writeTable(bytes, directory.redundant(number));
      }
      fresh[i] = writeTable(bytes, directory.primary(number));
      anyFresh |= fresh[i] != 0 || freshCopies[i] != 0;
    }
    writeNextFree();
    if (anyFresh) {
      file.force(false);
      writeDirectory(snapshots, fresh, freshCopies);
    }
  }

  /** Returns the sector of a table that had none before, or 0. */
  private long writeTable(ByteBuffer bytes, long sector) throws IOException {
    long position = sector;
    if (sector == 0) {
      int sectors = (layout.tableBytes() + SparseHeader.SECTOR - 1) / SparseHeader.SECTOR;
      position = space.append((long) sectors * SparseHeader.SECTOR) / SparseHeader.SECTOR;
    }
    bytes.clear();
    file.write(bytes, layout.tableBytes(), position * SparseHeader.SECTOR);
    return sector == 0 ? position : 0;
  }

  private void writeDirectory(List<Snapshot> snapshots, long[] fresh, long[] freshCopies)
      throws IOException {
    for (int i = 0; i < fresh.length; i++) {
      int number = snapshots.get(i).table.number;
      if (freshCopies[i] != 0) {
        directory.setRedundant(number, freshCopies[i]);
      }
      if (fresh[i] != 0) {
        directory.setPrimary(number, fresh[i]);
      }
    }
  }

  /**
   * Returns the header's next free sector. It must be after every position that an entry refers to.
   */
  void writeNextFree() throws IOException {
    if (layout.nextFree() != 0) {
      long sector = (space.end() + SparseHeader.SECTOR - 1) / SparseHeader.SECTOR;
      ByteBuffer number = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      file.write(number.putInt((int) sector).flip(), Integer.BYTES, layout.nextFree());
    }
  }
}
