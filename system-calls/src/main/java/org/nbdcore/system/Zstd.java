package org.nbdcore.system;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;

/**
 * Calls of the system's libzstd. The library and JNA are loaded on first use.
 *
 * <p>All buffers are direct. A pointer does not keep the buffer that it points into, so each call
 * keeps both buffers reachable until the library has returned.
 */
public final class Zstd {

  private static final int LEVEL = 3;

  /** A separate class, so that {@link #available} works without the library. */
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

    static native long ZSTD_findFrameCompressedSize(Pointer src, long length);

    static native int ZSTD_isError(long result);

    static native Pointer ZSTD_createDStream();

    static native long ZSTD_decompressStream(Pointer stream, Pointer dst, Pointer src);

    static native long ZSTD_freeDStream(Pointer stream);
  }

  private Zstd() {}

  /** True if the library and JNA work. */
  public static boolean available() {
    try {
      Calls.ZSTD_compressBound(1);
      return true;
    } catch (LinkageError e) {
      return false;
    }
  }

  /** The maximum compressed size of {@code length} bytes. */
  public static int bound(int length) {
    return Math.toIntExact(Calls.ZSTD_compressBound(length));
  }

  /** Compresses all of {@code src} to the start of {@code dst}; returns the length. */
  public static int compress(ByteBuffer src, ByteBuffer dst) throws IOException {
    try {
      return (int)
          checked(
              Calls.ZSTD_compress(
                  Native.getDirectBufferPointer(dst),
                  dst.capacity(),
                  Native.getDirectBufferPointer(src),
                  src.capacity(),
                  LEVEL));
    } finally {
      Reference.reachabilityFence(src);
      Reference.reachabilityFence(dst);
    }
  }

  /** Fills {@code dst} from all of {@code src}. */
  public static void decompress(ByteBuffer src, ByteBuffer dst) throws IOException {
    decompress(src, 0, src.capacity(), dst, 0);
  }

  /**
   * Decompresses frames from the start of a buffer, until {@code length} bytes are decompressed or
   * the frames end. Other data may follow the last frame.
   *
   * @return a buffer whose position is the end of the decompressed data and whose limit is {@code
   *     length}
   * @throws IOException with EIO if {@code packed} does not contain frames
   */
  public static ByteBuffer unpack(ByteBuffer packed, int length) throws IOException {
    ByteBuffer contents = ByteBuffer.allocateDirect(length);
    long read = 0;
    while (contents.hasRemaining() && read < packed.capacity()) {
      long frame = frameLength(packed, read);
      int at = contents.position();
      contents.position(at + (int) decompress(packed, read, frame, contents, at));
      read += frame;
    }
    return contents;
  }

  private static long frameLength(ByteBuffer packed, long from) throws IOException {
    try {
      Pointer frame = Native.getDirectBufferPointer(packed).share(from);
      return checked(Calls.ZSTD_findFrameCompressedSize(frame, packed.capacity() - from));
    } finally {
      Reference.reachabilityFence(packed);
    }
  }

  private static long decompress(ByteBuffer src, long from, long length, ByteBuffer dst, int to)
      throws IOException {
    try {
      return checked(
          Calls.ZSTD_decompress(
              Native.getDirectBufferPointer(dst).share(to),
              dst.capacity() - to,
              Native.getDirectBufferPointer(src).share(from),
              length));
    } finally {
      Reference.reachabilityFence(src);
      Reference.reachabilityFence(dst);
    }
  }

  /** Creates a stream. Free it with {@link #freeStream}. */
  static Pointer createStream() throws IOException {
    Pointer stream = Calls.ZSTD_createDStream();
    if (stream == null) {
      throw new IOException("libzstd has no memory for a stream");
    }
    return stream;
  }

  /**
   * Decompresses as much as fits.
   *
   * @param dst a ZSTD_outBuffer
   * @param src a ZSTD_inBuffer
   * @return 0 at the end of a frame, when all its data is in {@code dst}
   */
  static long decompressStream(Pointer stream, Pointer dst, Pointer src) throws IOException {
    return checked(Calls.ZSTD_decompressStream(stream, dst, src));
  }

  static void freeStream(Pointer stream) {
    Calls.ZSTD_freeDStream(stream);
  }

  private static long checked(long result) throws IOException {
    if (Calls.ZSTD_isError(result) != 0) {
      throw new IOException("libzstd says " + result);
    }
    return result;
  }
}
