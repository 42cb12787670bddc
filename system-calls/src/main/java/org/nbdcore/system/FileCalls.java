package org.nbdcore.system;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;

/**
 * System calls for files. Loading this class loads JNA. It requires {@code off_t} and {@code
 * size_t} of 64 bits; check {@link SystemCalls#expected} first.
 */
public final class FileCalls {

  /** For {@link #open}: for reading. */
  public static final int O_RDONLY = 0;

  /** For {@link #open}: for reading and writing. */
  public static final int O_RDWR = 2;

  /** For {@link #open}: child processes do not inherit the descriptor. */
  public static final int O_CLOEXEC = 02000000;

  /** For {@link #lseek}: to the end of the file. */
  public static final int SEEK_END = 2;

  /** For {@link #lseek}: to the next data; {@link #ENXIO} if there is none. */
  public static final int SEEK_DATA = 3;

  /** For {@link #lseek}: to the next hole; the end of the file counts as one. */
  public static final int SEEK_HOLE = 4;

  /** The error of {@link #SEEK_DATA} if only a hole follows. */
  public static final int ENXIO = 6;

  /** For {@link #fallocate}: punches a hole and keeps the file size. */
  public static final int PUNCH_HOLE = 2 | 1;

  /** For {@link #fallocate}: zeroes a range, keeps it allocated, and keeps the file size. */
  public static final int ZERO_RANGE = 16 | 1;

  /** For {@link #posix_fadvise}: no read-ahead. */
  public static final int POSIX_FADV_RANDOM = 1;

  /** For {@link #posix_fadvise}: twice the read-ahead. */
  public static final int POSIX_FADV_SEQUENTIAL = 2;

  /** For {@link #posix_fadvise}: reads into the page cache in the background. */
  public static final int POSIX_FADV_WILLNEED = 3;

  /** For {@link #posix_fadvise}: removes clean pages from the page cache. */
  public static final int POSIX_FADV_DONTNEED = 4;

  /** For {@link #sync_file_range}: starts writing to the disk. */
  public static final int WRITE = 2;

  /** For {@link #sync_file_range}: writes to the disk and waits until this is complete. */
  public static final int WRITE_AND_WAIT = 7;

  /**
   * For {@link #mmap}: the pages cannot be accessed, so a file that becomes shorter cannot cause a
   * SIGBUS.
   */
  public static final int PROT_NONE = 0;

  /** For {@link #mmap}. */
  public static final int MAP_SHARED = 1;

  static {
    Native.register(FileCalls.class, NativeLibrary.getProcess());
  }

  private FileCalls() {}

  /**
   * Opens a file.
   *
   * @param path ends with a zero byte
   */
  public static native int open(byte[] path, int flags) throws LastErrorException;

  /** Closes a descriptor. */
  public static native int close(int descriptor) throws LastErrorException;

  /** Moves the descriptor's position. */
  public static native long lseek(int descriptor, long offset, int whence)
      throws LastErrorException;

  /** Allocates or frees a range. */
  public static native int fallocate(int descriptor, int mode, long offset, long length)
      throws LastErrorException;

  /** Returns 0 or an error number. */
  public static native int posix_fadvise(int descriptor, long offset, long length, int advice);

  /**
   * Writes a range of the page cache to the disk. This is not a flush: the disk's own cache is not
   * written.
   */
  public static native int sync_file_range(int descriptor, long offset, long length, int flags)
      throws LastErrorException;

  /** Maps a file. */
  public static native long mmap(
      long address, long length, int protection, int flags, int descriptor, long offset)
      throws LastErrorException;

  /** Removes a mapping. */
  public static native int munmap(long address, long length) throws LastErrorException;

  /** Sets the lowest bit of {@code pages[i]} if page i is in memory. */
  public static native int mincore(long address, long length, byte[] pages)
      throws LastErrorException;

  /** The size of a page in bytes. */
  public static native int getpagesize();
}
