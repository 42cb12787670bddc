package org.nbdcore.allocator;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/** The system's libzstd. JNA is loaded when it is first needed. */
final class Zstd {

  private static final int LEVEL = 3;

  /** Apart, so that asking whether there is such a library does not need it. */
  private static final class Calls {
    static {
      register();
    }

    private Calls() {}

    private static void register() {
      try {
        Native.register(Calls.class, "libzstd.so.1");
      } catch (UnsatisfiedLinkError e) {
        Native.register(Calls.class, "zstd"); // where libraries are named otherwise
      }
    }

    static native long ZSTD_compress(Pointer dst, long room, Pointer src, long length, int level);

    static native long ZSTD_decompress(Pointer dst, long room, Pointer src, long length);

    static native long ZSTD_compressBound(long length);

    static native int ZSTD_isError(long result);
  }

  private Zstd() {}

  static boolean available() {
    try {
      Calls.ZSTD_compressBound(1);
      return true;
    } catch (LinkageError e) {
      return false;
    }
  }

  /** The most that {@code length} bytes can become. */
  static int bound(int length) {
    return Math.toIntExact(Calls.ZSTD_compressBound(length));
  }

  /** Compresses all of {@code src} to the start of {@code dst}, both direct; returns the length. */
  static int compress(ByteBuffer src, ByteBuffer dst) throws NbdException {
    return checked(
        Calls.ZSTD_compress(
            Native.getDirectBufferPointer(dst),
            dst.capacity(),
            Native.getDirectBufferPointer(src),
            src.capacity(),
            LEVEL));
  }

  /** Fills {@code dst} from all of {@code src}, both direct. */
  static void decompress(ByteBuffer src, ByteBuffer dst) throws NbdException {
    checked(
        Calls.ZSTD_decompress(
            Native.getDirectBufferPointer(dst),
            dst.capacity(),
            Native.getDirectBufferPointer(src),
            src.capacity()));
  }

  private static int checked(long result) throws NbdException {
    if (Calls.ZSTD_isError(result) != 0) {
      throw new NbdException(NbdError.EIO, "libzstd failed with " + result);
    }
    return (int) result;
  }
}
