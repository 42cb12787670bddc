package org.nbdcore.vmdk;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;

/**
 * A decompressor of the system's libdeflate, about twice as fast as {@link java.util.zip.Inflater}.
 * The library and JNA are optional, and are loaded on first use. For one thread at a time.
 */
final class LibDeflate implements AutoCloseable {
  private static final int SUCCESS = 0;

  /** A separate class, so that the test for the library does not load it. */
  private static final class Calls {
    static {
      register();
    }

    private Calls() {}

    private static void register() {
      try {
        Native.register(Calls.class, "libdeflate.so.0");
      } catch (UnsatisfiedLinkError e) {
        Native.register(Calls.class, "deflate"); // other systems use other library names
      }
    }

    static native Pointer libdeflate_alloc_decompressor();

    static native void libdeflate_free_decompressor(Pointer decompressor);

    static native int libdeflate_zlib_decompress(
        Pointer decompressor, long in, long inLength, long out, long outLength, Pointer produced);
  }

  private static final class Probe {
    static final boolean AVAILABLE = probe();

    private Probe() {}

    private static boolean probe() {
      try {
        if (Native.POINTER_SIZE != Long.BYTES || Native.SIZE_T_SIZE != Long.BYTES) {
          return false; // the declarations above are for 64 bits
        }
        Pointer decompressor = Calls.libdeflate_alloc_decompressor();
        Calls.libdeflate_free_decompressor(decompressor);
        return decompressor != null;
      } catch (LinkageError e) {
        return false;
      }
    }
  }

  private final Pointer decompressor;

  private LibDeflate(Pointer decompressor) {
    this.decompressor = decompressor;
  }

  /** True if the library and JNA work here. */
  static boolean available() {
    return Probe.AVAILABLE;
  }

  /** Returns a decompressor; null if there is no library or no memory. */
  static LibDeflate open() {
    if (!available()) {
      return null;
    }
    Pointer decompressor = Calls.libdeflate_alloc_decompressor();
    return decompressor == null ? null : new LibDeflate(decompressor);
  }

  /** Returns the address of a direct buffer. It is valid while the buffer is reachable. */
  static long address(ByteBuffer buffer) {
    return Pointer.nativeValue(Native.getDirectBufferPointer(buffer));
  }

  /**
   * Decompresses a zlib stream to the start of {@code out} and checks its checksum.
   *
   * @return true if the stream is valid and holds exactly {@code n} bytes; if false, the content of
   *     the output is undefined
   */
  boolean decompress(DirectMemory in, int from, int length, DirectMemory out, int n) {
    try {
      return Calls.libdeflate_zlib_decompress(
              decompressor, in.address() + from, length, out.address(), n, null)
          == SUCCESS;
    } finally {
      Reference.reachabilityFence(in);
      Reference.reachabilityFence(out);
    }
  }

  @Override
  public void close() {
    Calls.libdeflate_free_decompressor(decompressor);
  }
}
