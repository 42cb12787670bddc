package org.nbdcore.system;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;

/** {@code mlock(2)}: memory that is never swapped out. JNA is loaded when it is first needed. */
public final class MemoryLock {

  /** Apart, so that asking whether there is JNA does not need it. */
  private static final class Calls {
    static {
      Native.register(Calls.class, NativeLibrary.getProcess());
    }

    private Calls() {}

    static native int mlock(Pointer address, long length) throws LastErrorException;
  }

  private MemoryLock() {}

  /** Whether memory can be locked here, but for limits. */
  public static boolean available() {
    return ErrorText.known(0) != null;
  }

  /**
   * Locks a direct buffer, for as long as its memory lives.
   *
   * @throws IOException with the system's reason; there is none where {@link #available} is false
   */
  public static void lock(ByteBuffer memory) throws IOException {
    try {
      Calls.mlock(Native.getDirectBufferPointer(memory), memory.capacity());
    } catch (LastErrorException e) {
      throw new IOException(ErrorText.of(e), e);
    } finally {
      Reference.reachabilityFence(memory); // which the pointer does not keep
    }
  }
}
