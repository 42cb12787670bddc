package org.nbdcore.vmdk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Finds the data and the holes of one file of the host, by SEEK_DATA and SEEK_HOLE, and makes
 * holes, by fallocate. The JDK offers none of them. Callers who can make these system calls supply
 * a {@link Finder} in {@link VmdkOptions}; without one, flat extents are reported as data
 * throughout. Called from many threads in parallel.
 */
public interface FileHoles extends Closeable {

  /** Result of {@link #nextData} if only a hole follows. */
  long NO_MORE_DATA = Long.MAX_VALUE;

  /**
   * Returns the first byte of data at or after {@code offset}.
   *
   * @param offset bytes from the start of the file, less than its size
   * @return an offset not less than {@code offset}, or {@link #NO_MORE_DATA}
   * @throws IOException as the system call fails
   */
  long nextData(long offset) throws IOException;

  /**
   * Returns the first byte of a hole at or after {@code offset}; the end of the file counts as one.
   *
   * @param offset bytes from the start of the file, less than its size
   * @return an offset not less than {@code offset}
   * @throws IOException as the system call fails
   */
  long nextHole(long offset) throws IOException;

  /** True if {@link #punch} works on this file. */
  default boolean canPunch() throws IOException {
    return false;
  }

  /**
   * Turns a range into a hole, which reads as zeroes. Call it only if {@link #canPunch}.
   *
   * @throws IOException as the system call fails
   */
  default void punch(long offset, long length) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Opens {@link FileHoles}; called once for each flat extent's file, while the disk is opened. */
  @FunctionalInterface
  interface Finder {
    /**
     * @param file the file of a flat extent
     * @param writable whether holes may be made
     * @return the file's holes, closed with the disk; null if the file system does not report them
     * @throws IOException if the file cannot be opened
     */
    FileHoles open(Path file, boolean writable) throws IOException;
  }
}
