package org.nbdcore.allocator;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/** {@code mlock(2)}: memory that is never swapped out. JNA is loaded when it is first needed. */
final class Mlock {

  /** Apart, so that asking whether there is JNA does not need it. */
  private static final class Calls {
    static {
      Native.register(Calls.class, NativeLibrary.getProcess());
    }

    private Calls() {}

    static native int mlock(Pointer address, long length) throws LastErrorException;

    static native String strerror(int number);
  }

  private Mlock() {}

  static boolean available() {
    try {
      Calls.strerror(0);
      return true;
    } catch (LinkageError e) {
      return false;
    }
  }

  static void lock(ByteBuffer memory) throws IOException {
    if (!available()) {
      throw new NbdException(NbdError.ENOMEM, "mlock=true needs JNA, which does not work here");
    }
    try {
      Calls.mlock(Native.getDirectBufferPointer(memory), memory.capacity());
    } catch (LastErrorException e) {
      throw new NbdException(
          NbdError.ENOMEM,
          "mlock of "
              + memory.capacity()
              + " bytes: "
              + Calls.strerror(e.getErrorCode())
              + ": raise the limit on locked memory (ulimit -l)",
          e);
    } finally {
      Reference.reachabilityFence(memory); // which the pointer does not keep
    }
  }
}
