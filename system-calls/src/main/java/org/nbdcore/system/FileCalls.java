package org.nbdcore.system;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;

/**
 * The C library's calls about files. Loading this class loads JNA; {@code off_t} and {@code size_t}
 * have 64 bits, see {@link SystemCalls#expected}.
 */
public final class FileCalls {

  /** For {@link #open}: for reading. */
  public static final int O_RDONLY = 0;

  /** For {@link #open}: for reading and writing. */
  public static final int O_RDWR = 2;

  /** For {@link #open}: not for the programs that this one starts. */
  public static final int O_CLOEXEC = 02000000;

  /** For {@link #lseek}: to the end of the file. */
  public static final int SEEK_END = 2;

  /** For {@link #lseek}: to the next data; {@link #ENXIO} if there is none. */
  public static final int SEEK_DATA = 3;

  /** For {@link #lseek}: to the next hole; the end of the file counts as one. */
  public static final int SEEK_HOLE = 4;

  /** The error of {@link #SEEK_DATA} where only a hole follows. */
  public static final int ENXIO = 6;

  /** For {@link #fallocate}: make a hole. */
  public static final int PUNCH_HOLE = 2 | 1;

  /** For {@link #fallocate}: make zeroes that stay allocated, and leave the size. */
  public static final int ZERO_RANGE = 16 | 1;

  /** For {@link #posix_fadvise}: no read-ahead. */
  public static final int POSIX_FADV_RANDOM = 1;

  /** For {@link #posix_fadvise}: twice the read-ahead. */
  public static final int POSIX_FADV_SEQUENTIAL = 2;

  /** For {@link #posix_fadvise}: fetch into the page cache, without waiting for it. */
  public static final int POSIX_FADV_WILLNEED = 3;

  /** For {@link #posix_fadvise}: take out of the page cache what is not waiting to be written. */
  public static final int POSIX_FADV_DONTNEED = 4;

  /** For {@link #sync_file_range}: begin to write to the disk. */
  public static final int WRITE = 2;

  /** For {@link #sync_file_range}: write to the disk, and wait until that is done. */
  public static final int WRITE_AND_WAIT = 7;

  /**
   * For {@link #mmap}: the pages cannot be touched, so that a file which becomes shorter does no
   * harm.
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
   * @param path ending with a zero byte
   */
  public static native int open(byte[] path, int flags) throws LastErrorException;

  /** Closes a descriptor. */
  public static native int close(int descriptor) throws LastErrorException;

  /** Moves the descriptor's position. */
  public static native long lseek(int descriptor, long offset, int whence)
      throws LastErrorException;

  /** Allocates a range, or gives it back. */
  public static native int fallocate(int descriptor, int mode, long offset, long length)
      throws LastErrorException;

  /** Returns 0 or an error number. */
  public static native int posix_fadvise(int descriptor, long offset, long length, int advice);

  /** Sends a range to the disk, which is no flush. */
  public static native int sync_file_range(int descriptor, long offset, long length, int flags)
      throws LastErrorException;

  /** Maps a file. */
  public static native long mmap(
      long address, long length, int protection, int flags, int descriptor, long offset)
      throws LastErrorException;

  /** Takes a mapping away. */
  public static native int munmap(long address, long length) throws LastErrorException;

  /** Sets the lowest bit of {@code pages[i]} where page i is in memory. */
  public static native int mincore(long address, long length, byte[] pages)
      throws LastErrorException;

  /** The bytes of a page. */
  public static native int getpagesize();
}
