package org.nbdcore.vmdk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * One open file of a disk, with positional reads and writes. Thread-safe; reads and writes of
 * different ranges run in parallel.
 */
public interface OpenFile extends Closeable {

  /** Returns the location that was opened. */
  FileLocation location();

  /**
   * Returns the size in bytes. For a read-only file, this is the size at the time of opening. For a
   * writable file, it includes the effect of its writes.
   */
  long size();

  /**
   * Reads {@code n} bytes from {@code position} to the buffer's position. The buffer's limit is the
   * same afterwards.
   *
   * @throws IOException if the file ends before the range does, or if the system call fails
   */
  void read(ByteBuffer dst, int n, long position) throws IOException;

  /**
   * Writes {@code n} bytes from the buffer's position to {@code position} of the file, which grows
   * as needed. The buffer's limit is the same afterwards.
   *
   * @throws IOException if the file is open for reading only, or if the system call fails; some of
   *     the bytes may have been written
   */
  void write(ByteBuffer src, int n, long position) throws IOException;

  /**
   * Truncates the file, or extends it with zeroes, which need no storage if the file system
   * supports holes.
   *
   * @throws IOException if the file is open for reading only, or if the system call fails
   */
  void truncate(long size) throws IOException;

  /**
   * Returns when all earlier writes are durable.
   *
   * @param metadata false if only the metadata needed to read the data again must be durable, like
   *     fdatasync
   * @throws IOException if the system call fails
   */
  void force(boolean metadata) throws IOException;

  /**
   * Returns the file's channel if the system has a range of it in memory, so that reading the range
   * cannot fail. The channel belongs to this file, and is open until this file is closed.
   *
   * @return null if the range is not in memory, or if that is not known
   */
  default FileChannel cached(long position, long length) {
    return null;
  }

  /** Returns the file's holes; null if they are not known. The caller closes the result. */
  default FileHoles holes() {
    return null;
  }
}
