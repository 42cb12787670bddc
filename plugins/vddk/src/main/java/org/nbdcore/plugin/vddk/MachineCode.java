package org.nbdcore.plugin.vddk;

import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import org.nbdcore.system.LibraryCalls;

/**
 * Loads instructions of x86-64, the only processor that VDDK exists for, into executable memory.
 * For the few places that Java cannot reach: a signal handler, and threads without room for the
 * JVM.
 */
final class MachineCode {

  private static final int SIZE = 4096;

  private MachineCode() {}

  /**
   * Loads instructions for the life of the process, at most a page of them.
   *
   * @return null if the system does not allow that
   */
  static Pointer load(byte[] instructions) {
    Pointer code =
        LibraryCalls.mmap(
            null, SIZE, LibraryCalls.PROT_READ_WRITE, LibraryCalls.MAP_PRIVATE_ANONYMOUS, -1, 0);
    if (Pointer.nativeValue(code) == -1) {
      return null;
    }
    code.write(0, instructions, 0, instructions.length);
    return LibraryCalls.mprotect(code, SIZE, LibraryCalls.PROT_READ_EXEC) == 0 ? code : null;
  }

  /** The address of a function of the C library's. */
  static long addressOf(String function) {
    return Pointer.nativeValue(NativeLibrary.getProcess().getFunction(function));
  }

  static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }
}
