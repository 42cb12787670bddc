package org.nbdcore.system;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;

/**
 * Decompresses the zstd frames of a stream, one after the other, through the system's libzstd.
 * Check {@link Zstd#available} first. Not safe for use by several threads.
 */
public final class ZstdInputStream extends InputStream {

  private static final int BUFFER = 1 << 17;

  /** ZSTD_inBuffer and ZSTD_outBuffer: pointer, size, position. */
  private static final int POINTER = 0;

  private static final int SIZE = Native.POINTER_SIZE;
  private static final int POSITION = 2 * Native.POINTER_SIZE;

  private final InputStream in;
  private final byte[] chunk = new byte[BUFFER];
  private final ByteBuffer packed = ByteBuffer.allocateDirect(BUFFER);
  private final ByteBuffer unpacked = ByteBuffer.allocateDirect(BUFFER);
  private final Memory inBuffer = new Memory(3L * Native.POINTER_SIZE);
  private final Memory outBuffer = new Memory(3L * Native.POINTER_SIZE);
  private final byte[] single = new byte[1];
  private Pointer stream; // null once closed
  private boolean ended;
  private boolean insideFrame;
  private boolean outputPending;

  /** Closing this stream closes {@code in}, too. */
  public ZstdInputStream(InputStream in) throws IOException {
    this.in = in;
    packed.limit(0);
    unpacked.limit(0);
    stream = Zstd.createStream();
    outBuffer.setPointer(POINTER, Native.getDirectBufferPointer(unpacked));
    inBuffer.setPointer(POINTER, Native.getDirectBufferPointer(packed));
  }

  @Override
  public int read() throws IOException {
    return read(single, 0, 1) < 0 ? -1 : single[0] & 0xff;
  }

  @Override
  public int read(byte[] dst, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (!unpacked.hasRemaining()) {
      if (!packed.hasRemaining() && !outputPending && !fill()) {
        if (insideFrame) {
          throw new EOFException("the zstd data ends inside a frame");
        }
        return -1;
      }
      decompress();
    }
    int count = Math.min(length, unpacked.remaining());
    unpacked.get(dst, offset, count);
    return count;
  }

  private boolean fill() throws IOException {
    int count = ended ? -1 : in.read(chunk);
    ended = count < 0;
    if (ended) {
      return false;
    }
    packed.clear().put(chunk, 0, count).flip();
    return true;
  }

  private void decompress() throws IOException {
    if (stream == null) {
      throw new IOException("the stream is closed");
    }
    inBuffer.setLong(SIZE, packed.limit());
    inBuffer.setLong(POSITION, packed.position());
    outBuffer.setLong(SIZE, unpacked.capacity());
    outBuffer.setLong(POSITION, 0);
    try {
      insideFrame = Zstd.decompressStream(stream, outBuffer, inBuffer) != 0;
    } finally {
      Reference.reachabilityFence(packed);
      Reference.reachabilityFence(unpacked);
    }
    packed.position((int) inBuffer.getLong(POSITION));
    unpacked.clear().limit((int) outBuffer.getLong(POSITION));
    outputPending = insideFrame && unpacked.limit() == unpacked.capacity();
  }

  @Override
  public void close() throws IOException {
    if (stream != null) {
      Zstd.freeStream(stream);
      stream = null;
    }
    in.close();
  }
}
