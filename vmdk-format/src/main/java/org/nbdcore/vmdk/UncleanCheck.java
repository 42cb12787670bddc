package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;
import java.util.function.Consumer;

/**
 * Checks the grain tables of an extent that was not closed. A table and its copy are written one
 * after the other, so a crash may leave them different. Each of the two is valid; this class makes
 * them equal. If two entries refer to one position, another program caused this, and the disk must
 * not be written: a write to one grain would change the other.
 */
final class UncleanCheck {
  /** Prefix of each message of this class. */
  static final String NOT_CLOSED = ": was not closed when it was last written";

  /**
   * Maximum number of bits, 32 MiB of memory. This is enough for 16 TiB of grains of the usual
   * size, or 128 GiB of one-sector grains.
   */
  private static final long MAX_POSITIONS = 1 << 28;

  private final OpenFile file;
  private final TableLayout layout;
  private final TableDirectory directory;
  private final ByteBuffer primary;
  private final ByteBuffer copy;
  private final BitSet
      positions; // one bit for each position of a grain in the file; null if there are too many
  private int shared; // number of grains whose position another grain also has

  private UncleanCheck(OpenFile file, TableLayout layout, TableDirectory directory) {
    this.file = file;
    this.layout = layout;
    this.directory = directory;
    this.positions = file.size() / layout.grainBytes() < MAX_POSITIONS ? new BitSet() : null;
    this.primary = ByteBuffer.allocateDirect(layout.tableBytes()).order(ByteOrder.LITTLE_ENDIAN);
    this.copy = ByteBuffer.allocateDirect(layout.tableBytes()).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Warns about an extent that is marked as not closed and is opened only for reading. */
  static void warn(OpenFile file, long cleanFlag, Consumer<String> warnings) throws IOException {
    if (isMarked(file, cleanFlag)) {
      warnings.accept(
          file.location()
              + NOT_CLOSED
              + "; writes that were not flushed may be missing; to compare its grain tables with their"
              + " copies, open it for writing or run nbd-vmdk check");
    }
  }

  private static boolean isMarked(OpenFile file, long cleanFlag) throws IOException {
    ByteBuffer flag = ByteBuffer.allocate(1);
    file.read(flag, 1, cleanFlag);
    return flag.get(0) != 0;
  }

  /**
   * If a writable extent is marked as not closed, checks and repairs it, and reports this.
   *
   * @return true if it is marked
   * @throws ReadOnlyDiskException if two grains share a position
   */
  static boolean run(
      OpenFile file, TableLayout layout, TableDirectory directory, Consumer<String> warnings)
      throws IOException {
    if (!isMarked(file, layout.cleanFlag())) {
      return false;
    }
    UncleanCheck check = new UncleanCheck(file, layout, directory);
    int different = check.tables();
    if (check.shared > 0) {
      throw new ReadOnlyDiskException(
          file.location()
              + NOT_CLOSED
              + ", and "
              + check.shared
              + (check.shared == 1 ? " grain shares its" : " grains share their")
              + " position with another one, so the disk cannot be written; nbd-vmdk check lists them,"
              + " nbd-vmdk convert creates a correct copy");
    }
    String found =
        different == 0
            ? "its grain tables are in order"
            : different
                + (different == 1 ? " grain table differs" : " grain tables differ")
                + " from the copy; both are repaired";
    warnings.accept(file.location() + NOT_CLOSED + "; " + found);
    return true;
  }

  private int tables() throws IOException {
    int different = 0;
    for (int number = 0; number < layout.directoryEntries(); number++) {
      if (directory.primary(number) != 0) {
        different += table(number) ? 1 : 0;
        recordPositions(number);
      }
    }
    if (different > 0) {
      file.force(false);
    }
    return different;
  }

  /** True if the two differ. */
  private boolean table(int number) throws IOException {
    read(primary, directory.primary(number));
    if (directory.redundant(number) == 0) {
      return false;
    }
    read(copy, directory.redundant(number));
    if (primary.mismatch(copy) < 0) {
      return false;
    }
    for (int i = 0; i < layout.tableEntries(); i++) {
      int at = i * Integer.BYTES;
      boolean sound =
          layout.position(number, i, primary.getInt(at), file.size()) != TableLayout.BAD;
      ByteBuffer better = sound ? primary : copy;
      (sound ? copy : primary).putInt(at, better.getInt(at));
    }
    write(copy, directory.redundant(number));
    write(primary, directory.primary(number));
    return true;
  }

  /** Records the positions of a table's grains. */
  private void recordPositions(int number) {
    for (int i = 0; positions != null && i < layout.tableEntries(); i++) {
      long position = layout.position(number, i, primary.getInt(i * Integer.BYTES), file.size());
      if (position > 0 && position < file.size()) {
        int room = (int) (position / layout.grainBytes());
        shared += positions.get(room) ? 1 : 0;
        positions.set(room);
      }
    }
  }

  private void read(ByteBuffer table, long sector) throws IOException {
    file.read(table.clear(), layout.tableBytes(), sector * SparseHeader.SECTOR);
    table.clear();
  }

  private void write(ByteBuffer table, long sector) throws IOException {
    file.write(table.clear(), layout.tableBytes(), sector * SparseHeader.SECTOR);
    table.clear();
  }
}
