package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;

/**
 * Compares the grain tables of an extent that was not closed with their copies. Both are written
 * one after the other, so that a crash may leave them different; each of the two is sound.
 */
final class UncleanCheck {
  private final OpenFile file;
  private final TableLayout layout;
  private final TableDirectory directory;
  private final boolean repair;
  private final ByteBuffer primary;
  private final ByteBuffer copy;

  private UncleanCheck(
      OpenFile file, TableLayout layout, TableDirectory directory, boolean repair) {
    this.file = file;
    this.layout = layout;
    this.directory = directory;
    this.repair = repair;
    this.primary = ByteBuffer.allocateDirect(layout.tableBytes()).order(ByteOrder.LITTLE_ENDIAN);
    this.copy = ByteBuffer.allocateDirect(layout.tableBytes()).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Looks through the extent if it is marked as not closed, and says so.
   *
   * @param repair whether tables that differ are made the same, for which the file must be open for
   *     writing
   */
  static void run(
      OpenFile file,
      TableLayout layout,
      TableDirectory directory,
      boolean repair,
      Consumer<String> warnings)
      throws IOException {
    ByteBuffer flag = ByteBuffer.allocate(1);
    file.read(flag, 1, layout.cleanFlag());
    if (flag.get(0) == 0) {
      return;
    }
    int different = new UncleanCheck(file, layout, directory, repair).tables();
    String found =
        different == 0
            ? "its grain tables are in order"
            : different
                + (different == 1 ? " grain table differs" : " grain tables differ")
                + (repair ? " from the copy, which is mended" : " from the copy");
    warnings.accept(file.location() + ": was not closed when it was last written; " + found);
  }

  private int tables() throws IOException {
    int different = 0;
    for (int number = 0; number < layout.directoryEntries(); number++) {
      if (directory.primary(number) != 0 && directory.redundant(number) != 0) {
        different += table(number) ? 1 : 0;
      }
    }
    if (different > 0 && repair) {
      file.force(false);
    }
    return different;
  }

  /** Whether the two differ. */
  private boolean table(int number) throws IOException {
    read(primary, directory.primary(number));
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
    if (repair) {
      write(copy, directory.redundant(number));
      write(primary, directory.primary(number));
    }
    return true;
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
