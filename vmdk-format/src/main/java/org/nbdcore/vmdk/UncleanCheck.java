package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;
import java.util.function.Consumer;

/**
 * Looks through the grain tables of an extent that was not closed. A table and its copy are written
 * one after the other, so that a crash may leave them different; each of the two is sound, and they
 * are made the same. Grains that share a place are another program's fault: a write to one would
 * change the other.
 */
final class UncleanCheck {
  /** Part of each message of this class. */
  static final String NOT_CLOSED = ": was not closed when it was last written";

  /** Bits, 32 MiB of memory: 16 TiB of grains of the usual size, 128 GiB of those of a sector. */
  private static final long MOST_PLACES = 1 << 28;

  private final OpenFile file;
  private final TableLayout layout;
  private final TableDirectory directory;
  private final ByteBuffer primary;
  private final ByteBuffer copy;
  private final BitSet places; // one for each grain's room in the file; null if there are too many
  private int shared; // grains in a place that another one has

  private UncleanCheck(OpenFile file, TableLayout layout, TableDirectory directory) {
    this.file = file;
    this.layout = layout;
    this.directory = directory;
    this.places = file.size() / layout.grainBytes() < MOST_PLACES ? new BitSet() : null;
    this.primary = ByteBuffer.allocateDirect(layout.tableBytes()).order(ByteOrder.LITTLE_ENDIAN);
    this.copy = ByteBuffer.allocateDirect(layout.tableBytes()).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Warns of an extent that is marked as not closed and is only read. */
  static void warn(OpenFile file, long cleanFlag, Consumer<String> warnings) throws IOException {
    if (isMarked(file, cleanFlag)) {
      warnings.accept(
          file.location()
              + NOT_CLOSED
              + ", so that what was not flushed may be missing; its grain tables are compared with"
              + " their copies when it is opened for writing, or by nbd-vmdk check");
    }
  }

  private static boolean isMarked(OpenFile file, long cleanFlag) throws IOException {
    ByteBuffer flag = ByteBuffer.allocate(1);
    file.read(flag, 1, cleanFlag);
    return flag.get(0) != 0;
  }

  /**
   * Looks through an extent that is open for writing if it is marked as not closed, mends it, and
   * says so.
   *
   * @return whether it is marked
   * @throws ReadOnlyDiskException if grains share a place
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
              + " place with another one, so that it cannot be written; nbd-vmdk check shows them,"
              + " nbd-vmdk convert makes a sound copy");
    }
    String found =
        different == 0
            ? "its grain tables are in order"
            : different
                + (different == 1 ? " grain table differs" : " grain tables differ")
                + " from the copy, which is mended";
    warnings.accept(file.location() + NOT_CLOSED + "; " + found);
    return true;
  }

  private int tables() throws IOException {
    int different = 0;
    for (int number = 0; number < layout.directoryEntries(); number++) {
      if (directory.primary(number) != 0) {
        different += table(number) ? 1 : 0;
        place(number);
      }
    }
    if (different > 0) {
      file.force(false);
    }
    return different;
  }

  /** Whether the two differ. */
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
      boolean sound = layout.place(number, i, primary.getInt(at), file.size()) != TableLayout.BAD;
      ByteBuffer better = sound ? primary : copy;
      (sound ? copy : primary).putInt(at, better.getInt(at));
    }
    write(copy, directory.redundant(number));
    write(primary, directory.primary(number));
    return true;
  }

  /** Notes where the grains of a table are. */
  private void place(int number) {
    for (int i = 0; places != null && i < layout.tableEntries(); i++) {
      long place = layout.place(number, i, primary.getInt(i * Integer.BYTES), file.size());
      if (place > 0 && place < file.size()) {
        int room = (int) (place / layout.grainBytes());
        shared += places.get(room) ? 1 : 0;
        places.set(room);
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
