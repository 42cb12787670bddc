package org.nbdcore.plugin.file;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;

/** {@code lseek(2)}, as Linux uses it to find data and holes. */
final class Lseek {

  /** To the end of the file. */
  static final int SEEK_END = 2;

  /** To the next data; {@link #ENXIO} if there is none. */
  static final int SEEK_DATA = 3;

  /** To the next hole; the end of the file counts as one. */
  static final int SEEK_HOLE = 4;

  /** The error where only a hole follows. */
  static final int ENXIO = 6;

  static {
    Native.register(Lseek.class, NativeLibrary.getProcess());
  }

  private Lseek() {}

  /** {@code off_t} has 64 bits here; see {@link SystemCalls}. */
  static native long lseek(int descriptor, long offset, int whence) throws LastErrorException;
}
