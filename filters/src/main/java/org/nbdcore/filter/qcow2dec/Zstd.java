package org.nbdcore.filter.qcow2dec;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import org.nbdcore.spi.NbdException;

/** The system's libzstd. It and JNA are loaded when a file needs them. */
final class Zstd {

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

    static native long ZSTD_findFrameCompressedSize(Pointer src, long length);

    static native long ZSTD_decompress(Pointer dst, long room, Pointer src, long length);

    static native int ZSTD_isError(long result);
  }

  private Zstd() {}

  static boolean available() {
    try {
      Calls.ZSTD_isError(0);
      return true;
    } catch (LinkageError e) {
      return false;
    }
  }

  /**
   * Unpacks up to {@code length} bytes from the start of a direct buffer, behind which there may be
   * something else.
   *
   * @return a buffer from what was unpacked to {@code length}
   */
  static ByteBuffer unpack(ByteBuffer packed, int length) throws NbdException {
    ByteBuffer contents = ByteBuffer.allocateDirect(length);
    Pointer from = Native.getDirectBufferPointer(packed);
    Pointer to = Native.getDirectBufferPointer(contents);
    long read = 0;
    try {
      while (contents.hasRemaining() && read < packed.capacity()) {
        Pointer frame = from.share(read);
        long frameLength =
            checked(Calls.ZSTD_findFrameCompressedSize(frame, packed.capacity() - read));
        int at = contents.position();
        long count = checked(Calls.ZSTD_decompress(to.share(at), length - at, frame, frameLength));
        contents.position(at + (int) count);
        read += frameLength;
      }
      return contents;
    } finally {
      Reference.reachabilityFence(packed); // which the pointer does not keep
    }
  }

  private static long checked(long result) throws NbdException {
    if (Calls.ZSTD_isError(result) != 0) {
      throw Clusters.damaged("a cluster cannot be unpacked: libzstd says " + result);
    }
    return result;
  }
}
