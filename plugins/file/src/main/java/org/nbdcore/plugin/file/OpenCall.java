package org.nbdcore.plugin.file;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;

/** {@code open(2)} and {@code close(2)}. */
final class OpenCall {

  /** For reading. */
  static final int O_RDONLY = 0;

  /** For reading and writing. */
  static final int O_RDWR = 2;

  /** Not for the programs that this one starts. */
  static final int O_CLOEXEC = 02000000;

  static {
    Native.register(OpenCall.class, NativeLibrary.getProcess());
  }

  private OpenCall() {}

  /**
   * Opens.
   *
   * @param path ending with a zero byte
   */
  static native int open(byte[] path, int flags) throws LastErrorException;

  static native int close(int descriptor) throws LastErrorException;
}
