package org.nbdcore.vmdk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One open file of a disk, read and written at positions. Many threads may call it at once; reads
 * and writes of different ranges run in parallel.
 */
public interface OpenFile extends Closeable {

  /** What was opened. */
  FileLocation location();

  /**
   * Bytes: of a file that is only read, as they were when it was opened; of one that is written,
   * what its writes have made of it.
   */
  long size();

  /**
   * Reads {@code n} bytes from {@code position} to the buffer's position. The buffer's limit is the
   * same afterwards.
   *
   * @throws IOException if the file ends before, or as the system call fails
   */
  void read(ByteBuffer dst, int n, long position) throws IOException;

  /**
   * Writes {@code n} bytes from the buffer's position to {@code position} of the file, which grows
   * as needed. The buffer's limit is the same afterwards.
   *
   * @throws IOException if the file is open for reading only, or as the system call fails; part of
   *     the bytes may have been written
   */
  void write(ByteBuffer src, int n, long position) throws IOException;

  /**
   * Cuts the file, or lengthens it with zeroes that need no storage where the file system can.
   *
   * @throws IOException if the file is open for reading only, or as the system call fails
   */
  void truncate(long size) throws IOException;

  /**
   * Returns when all that was written before is on the disk.
   *
   * @param metadata false if only what is needed to read the data again has to be, as fdatasync
   * @throws IOException as the system call fails
   */
  void force(boolean metadata) throws IOException;

  /** The file's holes; null if they are not known. Closed by the caller. */
  default FileHoles holes() {
    return null;
  }
}
