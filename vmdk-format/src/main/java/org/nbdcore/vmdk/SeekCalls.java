package org.nbdcore.vmdk;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;

/** The system calls behind {@link LinuxFileHoles}, by JNA's direct mapping. */
final class SeekCalls {
  static final int O_RDONLY = 0;
  static final int O_CLOEXEC = 02000000;
  static final int SEEK_DATA = 3;
  static final int SEEK_HOLE = 4;
  static final int ENXIO = 6;

  static {
    Native.register(SeekCalls.class, NativeLibrary.getProcess());
  }

  private SeekCalls() {}

  /** Whether the numbers above hold here: 64-bit Linux, where off_t is a long. */
  static boolean supported() {
    return Platform.isLinux() && Native.LONG_SIZE == Long.BYTES;
  }

  static native int open(byte[] path, int flags) throws LastErrorException;

  static native long lseek(int fd, long offset, int whence) throws LastErrorException;

  static native int close(int fd) throws LastErrorException;
}
