package org.nbdcore.plugin.file;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;

/** {@code mincore(2)} and the mapping that it needs. */
final class Mincore {

  /** The pages cannot be touched, so that a file which becomes shorter does no harm. */
  static final int PROT_NONE = 0;

  static final int MAP_SHARED = 1;

  static {
    Native.register(Mincore.class, NativeLibrary.getProcess());
  }

  private Mincore() {}

  static native long mmap(
      long address, long length, int protection, int flags, int descriptor, long offset)
      throws LastErrorException;

  static native int munmap(long address, long length) throws LastErrorException;

  /** Sets the lowest bit of {@code pages[i]} where page i is in memory. */
  static native int mincore(long address, long length, byte[] pages) throws LastErrorException;

  /** The bytes of a page. */
  static native int getpagesize();
}
