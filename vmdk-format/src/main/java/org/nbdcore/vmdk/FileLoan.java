package org.nbdcore.vmdk;

import java.nio.channels.FileChannel;

/** Receives the range that {@link VmdkDisk#lend} lends. */
@FunctionalInterface
public interface FileLoan {
  /**
   * Takes a range of a file.
   *
   * @param file belongs to the disk, which keeps it open until the disk is closed
   * @param position of the range in the file, in bytes
   * @param length of the range, in bytes
   */
  void take(FileChannel file, long position, long length);
}
