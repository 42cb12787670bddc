package org.nbdcore.plugin.file;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;

/** {@code posix_fadvise(2)} and {@code sync_file_range(2)}. */
final class Fadvise {

  /** No read-ahead. */
  static final int RANDOM = 1;

  /** Twice the read-ahead. */
  static final int SEQUENTIAL = 2;

  /** Fetch into the page cache, without waiting for it. */
  static final int WILLNEED = 3;

  /** Take out of the page cache what is not waiting to be written. */
  static final int DONTNEED = 4;

  /** Begin to write to the disk. */
  static final int WRITE = 2;

  /** Write to the disk, and wait until that is done. */
  static final int WRITE_AND_WAIT = 7;

  static {
    Native.register(Fadvise.class, NativeLibrary.getProcess());
  }

  private Fadvise() {}

  /** Returns 0 or an error number. */
  static native int posix_fadvise(int descriptor, long offset, long length, int advice);

  static native int sync_file_range(int descriptor, long offset, long length, int flags)
      throws LastErrorException;
}
