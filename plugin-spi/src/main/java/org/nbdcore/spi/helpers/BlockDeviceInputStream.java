package org.nbdcore.spi.helpers;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;

/**
 * Reads a disk as an {@link InputStream}. For use by one thread. Closing it does not close the
 * disk.
 */
public final class BlockDeviceInputStream extends InputStream {

  private static final int PIECE = 1 << 18;

  private final UnalignedReader device;
  private final long end;
  private long next; // start of the next piece
  private ByteBuffer piece = ByteBuffer.allocate(0);
  private boolean failed;

  /**
   * Reads from the start of {@code device} to {@link #readable}. The caller closes {@code device}.
   */
  public BlockDeviceInputStream(BlockDevice device) throws IOException {
    this(device, 0, readable(device));
  }

  /**
   * Reads a range of {@code device}. The caller closes {@code device}.
   *
   * @param from the first byte, in bytes
   * @param to the end of the range, at most {@link #readable}
   */
  public BlockDeviceInputStream(BlockDevice device, long from, long to) throws IOException {
    this.device = new UnalignedReader(device);
    next = from;
    end = to;
  }

  /** The end of the last whole block of the disk, in bytes. The bytes after it cannot be read. */
  public static long readable(BlockDevice device) throws IOException {
    return Alignment.roundDown(device.size(), device.capabilities().blockSizes().minimum());
  }

  private boolean fill() throws IOException {
    if (!piece.hasRemaining() && next < end) {
      int length = (int) Math.min(PIECE, end - next);
      failed = true;
      piece = device.read(next, length);
      failed = false;
      next += length;
    }
    return piece.hasRemaining();
  }

  /**
   * True if the last read of the disk failed. Tells a failure of the disk apart from damaged
   * contents.
   */
  public boolean hasFailed() {
    return failed;
  }

  @Override
  public int read() throws IOException {
    return fill() ? piece.get() & 0xff : -1;
  }

  @Override
  public int read(byte[] dst, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int count = Math.min(length, piece.remaining());
    piece.get(dst, offset, count);
    return count;
  }

  /**
   * The number of bytes up to the end of the range. {@code GZIPInputStream} uses it to find out
   * whether another member follows.
   */
  @Override
  public int available() {
    return (int) Math.min(Integer.MAX_VALUE, end - next + piece.remaining());
  }
}
