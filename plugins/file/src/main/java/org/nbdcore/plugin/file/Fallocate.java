package org.nbdcore.plugin.file;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;

/** {@code fallocate(2)}. */
final class Fallocate {

  /** Allocate, and leave the size. */
  static final int KEEP_SIZE = 1;

  /** Make a hole. */
  static final int PUNCH_HOLE = 2 | KEEP_SIZE;

  /** Make zeroes that stay allocated. */
  static final int ZERO_RANGE = 16 | KEEP_SIZE;

  static {
    Native.register(Fallocate.class, NativeLibrary.getProcess());
  }

  private Fallocate() {}

  static native int fallocate(int descriptor, int mode, long offset, long length)
      throws LastErrorException;
}
