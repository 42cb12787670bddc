package org.nbdcore.vmdk;

import java.nio.channels.FileChannel;

/** Receives the range of a file that {@link VmdkDisk#fileRange} finds. */
@FunctionalInterface
public interface FileRangeConsumer {
  /**
   * Accepts a range of a file.
   *
   * @param file belongs to the disk, which keeps it open until the disk is closed. Do not move its
   *     position
   * @param position of the range in the file, in bytes
   * @param length of the range, in bytes
   */
  void accept(FileChannel file, long position, long length);
}
