package org.nbdcore.vmdk;

import java.nio.channels.FileChannel;

/**
 * Receives the bytes of a {@linkplain VmdkDisk#readZeroCopy zero-copy read}: one range of a file.
 */
@FunctionalInterface
public interface FileRangeSink {
  /**
   * Adds a range of a file.
   *
   * @param file belongs to the disk, which keeps it open until the disk is closed
   * @param position of the range in the file, in bytes
   * @param length of the range, in bytes
   */
  void add(FileChannel file, long position, long length);
}
