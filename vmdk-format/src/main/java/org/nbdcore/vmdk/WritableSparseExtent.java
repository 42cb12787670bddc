package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * A sparse extent for reading and writing, in any format with tables of 32-bit entries. Reads take
 * no lock; {@link #read} explains how they stay correct. Threads that write to stored grains share
 * a lock for each grain table. They exclude each other only to change entries.
 */
final class WritableSparseExtent extends GrainExtent implements ExtentWriter {
  private static final int STAMPS = 1024;

  private final OpenFile file;
  private final TableLayout layout;
  private final Backing backing;
  private final TableCache tables;
  private final GrainSpace space;
  private final TableCommit commit;
  private final ScratchBuffers scratch = new ScratchBuffers();

  /** Each counter is the number of freed grains in the tables that map to it. */
  private final AtomicIntegerArray stamps = new AtomicIntegerArray(STAMPS);

  private volatile boolean
      unclean; // true if the header says so; set while holding this object's lock

  private WritableSparseExtent(
      OpenFile file,
      TableLayout layout,
      Backing backing,
      TableCache tables,
      GrainSpace space,
      TableCommit commit,
      long length,
      boolean unclean) {
    super(tables, backing, layout.grainBytes(), length);
    this.file = file;
    this.layout = layout;
    this.backing = backing;
    this.tables = tables;
    this.space = space;
    this.commit = commit;
    this.unclean = unclean;
  }

  /**
   * Opens the extent in a file.
   *
   * @param tableBudget approximate number of bytes of grain tables to keep in memory
   * @param unclean true if the header says that the extent was not closed
   */
  static WritableSparseExtent open(
      OpenFile file,
      TableLayout layout,
      TableDirectory directory,
      Backing backing,
      long length,
      int tableBudget,
      boolean unclean) {
    TableCache tables = new TableCache(file, layout, directory, tableBudget);
    long sectors = (file.size() + SparseHeader.SECTOR - 1) / SparseHeader.SECTOR;
    long end = Math.max(sectors, layout.firstFree()) * SparseHeader.SECTOR;
    GrainSpace space = new GrainSpace(file, layout.grainBytes(), end);
    TableCommit commit = new TableCommit(file, layout, directory, tables, space);
    return new WritableSparseExtent(file, layout, backing, tables, space, commit, length, unclean);
  }

  @Override
  void readStored(ByteBuffer dst, int n, long grain, long within, long located) throws IOException {
    file.read(dst, n, located + within);
  }

  @Override
  long stride() {
    return grainBytes();
  }

  /**
   * Between the lookup of an entry and the read of its bytes, another thread may free the grain and
   * give its position to another grain. The table's stamp has then changed, and this method reads
   * the range again.
   */
  @Override
  public void read(ByteBuffer dst, int n, long start) throws IOException {
    long offset = start;
    int left = n;
    while (left > 0) {
      long grain = offset / grainBytes();
      int chunk = (int) Math.min(left, toTableEnd(offset));
      int position = dst.position();
      int slot = tables.tableOf(grain) % STAMPS;
      int stamp = stamps.get(slot);
      super.read(dst, chunk, offset);
      while (stamps.get(slot) != stamp) {
        stamp = stamps.get(slot);
        dst.position(position);
        super.read(dst, chunk, offset);
      }
      offset += chunk;
      left -= chunk;
    }
  }

  private long toTableEnd(long offset) {
    long covered = grainBytes() * layout.tableEntries();
    return covered - offset % covered;
  }

  @Override
  public void write(ByteBuffer src, int n, long start) throws IOException {
    markUnclean();
    long offset = start;
    int left = n;
    while (left > 0) {
      long grain = offset / grainBytes();
      int chunk = (int) Math.min(left, toTableEnd(offset));
      GrainTable table = tables.get(tables.tableOf(grain));
      int written = overwrite(table, src, chunk, offset);
      if (written == 0) {
        written = allocate(table, src, chunk, offset);
      }
      offset += written; // 0 if the table has changed meanwhile: try again
      left -= written;
    }
    commit.wrote();
    if (commit.crowded()) {
      commit.commit();
    }
  }

  /** Writes to grains that are contiguous in the file. Returns the number of bytes. */
  private int overwrite(GrainTable table, ByteBuffer src, int most, long offset)
      throws IOException {
    table.lock.readLock().lock();
    try {
      int index = tables.indexOf(offset / grainBytes());
      long position = table.evicted() ? GrainMap.HOLE : tables.position(table, index);
      if (position <= 0) {
        return 0;
      }
      long within = offset % grainBytes();
      long run = grainBytes() - within;
      for (int i = 1;
          run < most && tables.position(table, index + i) == position + i * grainBytes();
          i++) {
        run += grainBytes();
      }
      int n = (int) Math.min(most, run);
      file.write(src, n, position + within);
      return n;
    } finally {
      table.lock.readLock().unlock();
    }
  }

  /** Allocates the next grains and writes them. Returns the number of bytes. */
  private int allocate(GrainTable table, ByteBuffer src, int most, long offset) throws IOException {
    table.lock.writeLock().lock();
    try {
      int index = tables.indexOf(offset / grainBytes());
      if (table.evicted() || tables.position(table, index) > 0) {
        return 0;
      }
      long within = offset % grainBytes();
      long reused = space.reuse();
      int grains = reused == 0 ? unstored(table, index, within + most) : 1;
      long position = reused == 0 ? space.append(grains * grainBytes()) : reused;
      int n = (int) Math.min(most, grains * grainBytes() - within);
      boolean stored = false;
      try {
        fill(table, index, offset - within, offset, position, reused != 0);
        file.write(src, n, position + within);
        long stop = Math.min(length(), offset - within + grains * grainBytes());
        int last = index + grains - 1;
        fill(table, last, offset + n, stop, position + within + n, reused != 0);
        stored = true;
      } finally {
        if (!stored) {
          release(position, grains);
        }
      }
      for (int i = 0; i < grains; i++) {
        table.entries.set(index + i, (int) ((position + i * grainBytes()) / SparseHeader.SECTOR));
      }
      commit.changed(table);
      return n;
    } finally {
      table.lock.writeLock().unlock();
    }
  }

  private void release(long position, int grains) {
    for (int i = 0; i < grains; i++) {
      space.release(position + i * grainBytes());
    }
  }

  /** Returns how many grains from this one on, within the next bytes, have no position. */
  private int unstored(GrainTable table, int index, long bytes) throws IOException {
    int grains = 1;
    while (grains * grainBytes() < bytes && tables.position(table, index + grains) <= 0) {
      grains++;
    }
    return grains;
  }

  /**
   * Fills the part of a new grain that the client does not write with the content that was visible
   * there.
   *
   * @param from where the part begins in the extent
   * @param to where it ends
   * @param position where it goes in the file
   * @param used true if the file holds other bytes there; otherwise it reads as zeroes
   */
  private void fill(GrainTable table, int index, long from, long to, long position, boolean used)
      throws IOException {
    boolean zeroes =
        from < to
            && (tables.position(table, index) == GrainMap.ZERO
                || backing.readsZero(from, to - from));
    if (from >= to || (zeroes && !used)) {
      return;
    }
    ByteBuffer buffer = scratch.take();
    try {
      long at = from;
      while (at < to) {
        int n = (int) Math.min(buffer.capacity(), to - at);
        buffer.clear();
        if (zeroes) {
          Zeros.put(buffer, n);
        } else {
          backing.read(buffer, n, at);
        }
        file.write(buffer.flip(), n, position + (at - from));
        at += n;
      }
    } finally {
      scratch.release(buffer);
    }
  }

  @Override
  public boolean zeroesQuickly() {
    return layout.zeroedGrains() || backing.isEmpty();
  }

  @Override
  public void zero(long start, long length) throws IOException {
    markUnclean();
    long end = start + length;
    long offset = start;
    while (offset < end) {
      long grainEnd = (offset / grainBytes() + 1) * grainBytes();
      long stop = Math.min(end, grainEnd);
      boolean whole = offset % grainBytes() == 0 && (stop == grainEnd || stop == length());
      if (!(whole ? clear(offset, false) : readsZero(offset, stop - offset))) {
        writeZeroes(offset, stop - offset);
      }
      offset = stop;
    }
  }

  @Override
  public void trim(long start, long length) throws IOException {
    markUnclean();
    long end = start + length;
    long offset = (start + grainBytes() - 1) / grainBytes() * grainBytes();
    while (offset < end) {
      long stop = offset + grainBytes();
      if (stop <= end || end == length()) {
        clear(offset, true);
      }
      offset = stop;
    }
  }

  /** True if a part of a grain reads as zeroes without storage. */
  private boolean readsZero(long offset, long length) throws IOException {
    long position = tables.locate(offset / grainBytes());
    return position == GrainMap.ZERO
        || (position == GrainMap.HOLE && backing.readsZero(offset, length));
  }

  /**
   * Makes a whole grain read as zeroes without storage, and frees its position.
   *
   * @param trimming true to leave the grain unchanged if it would not read as zeroes
   * @return false if zeroes must be written
   */
  private boolean clear(long offset, boolean trimming) throws IOException {
    long grain = offset / grainBytes();
    boolean hole = backing.readsZero(offset, Math.min(grainBytes(), length() - offset));
    if (!hole && !layout.zeroedGrains()) {
      return trimming;
    }
    if (hole && tables.grainsWithoutTable(grain) > 0) {
      return true;
    }
    int index = tables.indexOf(grain);
    boolean cleared = false;
    while (!cleared) {
      GrainTable table = tables.get(tables.tableOf(grain));
      table.lock.writeLock().lock();
      try {
        if (!table.evicted()) {
          clear(table, index, grain, hole);
          cleared = true;
        }
      } finally {
        table.lock.writeLock().unlock();
      }
    }
    if (commit.crowded()) {
      commit.commit();
    }
    return true;
  }

  private void clear(GrainTable table, int index, long grain, boolean hole) throws IOException {
    long position = tables.position(table, index);
    long target = hole ? GrainMap.HOLE : GrainMap.ZERO;
    if (position == target || (hole && position == GrainMap.ZERO)) {
      return;
    }
    table.entries.set(index, hole ? 0 : 1);
    stamps.incrementAndGet(table.number % STAMPS);
    commit.changed(table);
    if (position > 0 && layout.storedBytes(grain) == grainBytes()) {
      space.release(position); // a grain cut off by the disk's end may have less room in the file
    }
  }

  private void writeZeroes(long start, long length) throws IOException {
    ByteBuffer buffer = scratch.take();
    try {
      buffer.clear();
      Zeros.put(buffer, buffer.capacity());
      long offset = start;
      while (offset < start + length) {
        int n = (int) Math.min(buffer.capacity(), start + length - offset);
        write(buffer.clear(), n, offset);
        offset += n;
      }
    } finally {
      scratch.release(buffer);
    }
  }

  private void markUnclean() throws IOException {
    if (!unclean) {
      synchronized (this) {
        if (!unclean) {
          writeFlag(1);
          unclean = true;
        }
      }
    }
  }

  private void writeFlag(int value) throws IOException {
    file.write(ByteBuffer.allocate(1).put((byte) value).flip(), 1, layout.cleanFlag());
    commit.wrote();
  }

  @Override
  public void flush() throws IOException {
    commit.commit();
  }

  @Override
  public void settle() throws IOException {
    commit.commit();
    if (unclean) {
      space.trim();
      commit.writeNextFree();
      file.force(false);
      writeFlag(0);
      file.force(true);
      unclean = false;
    }
  }
}
