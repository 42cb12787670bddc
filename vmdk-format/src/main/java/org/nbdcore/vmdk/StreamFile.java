package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The file of a stream that is being written: grains, each after a marker, and at the end the
 * tables, the directory and the footer. For one thread at a time.
 */
final class StreamFile {
  private static final int GRAIN_MARKER = 12; // sector, size
  private static final int TABLE_ENTRIES = 512;
  private static final int TABLE = 1;
  private static final int DIRECTORY = 2;
  private static final int FOOTER = 3;
  private static final long MAX_SECTOR = 0xffffffffL;

  private final OpenFile file;
  private final SparseHeader header;
  private final int[][] tables; // sectors of grains; null if a table has no grains
  private long end; // position of the next grain
  private boolean finished; // true if tables and footer follow the grains

  StreamFile(OpenFile file, SparseHeader header) throws IOException {
    this.file = file;
    this.header = header;
    this.tables = new int[TableLayout.entries(file.location(), header.directoryEntries())][];
    this.end = start(header);
  }

  /** True for a stream in this library's layout that contains no grains yet. */
  static boolean isNew(OpenFile file, SparseHeader header) throws IOException {
    if (!header.directoryAtEnd() || file.size() > start(header)) {
      return false;
    }
    ByteBuffer found = ByteBuffer.allocate(SparseHeader.SECTOR);
    file.read(found, found.capacity(), 0);
    ByteBuffer made = SparseCreator.streamHeader(header.capacity(), SparseHeader.AT_END);
    return found.flip().equals(made.clear());
  }

  /** Position after the header and the descriptor, aligned for a grain. */
  private static long start(SparseHeader header) {
    long sectors = header.descriptorOffset() + header.descriptorSize();
    return (sectors + header.grainSize() - 1) / header.grainSize() * header.grainBytes();
  }

  /** Returns the sector of a grain's marker; 0 if the grain was not written. */
  long position(long grain) {
    int[] table = tables[(int) (grain / TABLE_ENTRIES)];
    return table == null
        ? 0
        : Integer.toUnsignedLong(table[(int) (grain % TABLE_ENTRIES)]) * SparseHeader.SECTOR;
  }

  /** Appends a compressed grain. */
  void append(long grain, byte[] packed) throws IOException {
    if (end / SparseHeader.SECTOR > MAX_SECTOR) {
      throw new VmdkException(
          file.location() + ": is full: No space left on device; a stream holds 2 TiB at most");
    }
    reopen();
    int padded = roundUp(GRAIN_MARKER + packed.length);
    ByteBuffer bytes = littleEndian(padded);
    bytes.putLong(grain * header.grainSize()).putInt(packed.length).put(packed);
    write(bytes, end);
    int[] table = tables[(int) (grain / TABLE_ENTRIES)];
    if (table == null) {
      table = new int[TABLE_ENTRIES];
      tables[(int) (grain / TABLE_ENTRIES)] = table;
    }
    table[(int) (grain % TABLE_ENTRIES)] = (int) (end / SparseHeader.SECTOR);
    end += padded;
  }

  /** Removes the tables after the grains, because more grains follow. */
  private void reopen() throws IOException {
    if (finished) {
      file.truncate(end);
      finished = false;
    }
  }

  void force() throws IOException {
    file.force(false);
  }

  /** Writes tables, directory, footer and end, so that the file is complete. */
  void finish() throws IOException {
    if (finished) {
      return;
    }
    long at = end;
    int directoryBytes = roundUp(tables.length * Integer.BYTES);
    ByteBuffer directory = littleEndian(directoryBytes);
    for (int[] table : tables) {
      if (table == null) {
        directory.putInt(0);
        continue;
      }
      ByteBuffer entries = littleEndian(TABLE_ENTRIES * Integer.BYTES);
      entries.asIntBuffer().put(table);
      at = block(TABLE, entries, at);
      directory.putInt((int) ((at - entries.capacity()) / SparseHeader.SECTOR));
    }
    at = block(DIRECTORY, directory, at);
    long sector = (at - directoryBytes) / SparseHeader.SECTOR;
    at = block(FOOTER, SparseCreator.streamHeader(header.capacity(), sector), at);
    write(littleEndian(SparseHeader.SECTOR), at); // the end marker is all zeroes
    file.truncate(at + SparseHeader.SECTOR);
    file.force(true);
    finished = true;
  }

  /** Writes a marker and the data that it announces. Returns where the data ends. */
  private long block(int type, ByteBuffer content, long at) throws IOException {
    ByteBuffer marker = littleEndian(SparseHeader.SECTOR);
    marker.putLong(content.capacity() / SparseHeader.SECTOR).putInt(0).putInt(type);
    write(marker, at);
    write(content, at + SparseHeader.SECTOR);
    return at + SparseHeader.SECTOR + content.capacity();
  }

  private void write(ByteBuffer bytes, long position) throws IOException {
    file.write(bytes.clear(), bytes.capacity(), position);
  }

  private static int roundUp(int bytes) {
    return (bytes + SparseHeader.SECTOR - 1) / SparseHeader.SECTOR * SparseHeader.SECTOR;
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
