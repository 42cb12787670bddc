package org.nbdcore.system;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;

/**
 * Locks memory with {@code mlock(2)}, so that it is never swapped out. JNA is loaded on first use.
 */
public final class MemoryLock {

  /** A separate class, so that {@link #available} works without JNA. */
  private static final class Calls {
    static {
      Native.register(Calls.class, NativeLibrary.getProcess());
    }

    private Calls() {}

    static native int mlock(Pointer address, long length) throws LastErrorException;
  }

  private MemoryLock() {}

  /** True if the system call works. A limit may still prevent a lock. */
  public static boolean available() {
    return ErrorText.known(0) != null;
  }

  /**
   * Locks a direct buffer until its memory is freed.
   *
   * @throws IOException if it fails, with the system's reason
   */
  public static void lock(ByteBuffer memory) throws IOException {
    try {
      Calls.mlock(Native.getDirectBufferPointer(memory), memory.capacity());
    } catch (LastErrorException e) {
      throw new IOException(ErrorText.of(e), e);
    } finally {
      Reference.reachabilityFence(memory); // the pointer does not keep the buffer reachable
    }
  }
}
