package org.nbdcore.spi.helpers;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;

/** The bytes of a disk in their order. For one thread. */
public final class BlockDeviceInputStream extends InputStream {

  private static final int PIECE = 1 << 18;

  private final UnalignedReader device;
  private final long end;
  private long next; // start of the next piece
  private ByteBuffer piece = ByteBuffer.allocate(0);
  private boolean failed;

  /** Reads from {@code device}, which stays its owner's, up to the last byte that can be read. */
  public BlockDeviceInputStream(BlockDevice device) throws IOException {
    this(device, 0, readable(device));
  }

  /** Reads the bytes between two readable offsets. */
  public BlockDeviceInputStream(BlockDevice device, long from, long to) throws IOException {
    this.device = new UnalignedReader(device);
    next = from;
    end = to;
  }

  /** End of the last whole block of the disk; nothing after it can be read. */
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

  /** Whether the last read of the disk failed, to distinguish that from damaged contents. */
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

  /** The rest of the range: by this the reader knows whether another part of the file follows. */
  @Override
  public int available() {
    return (int) Math.min(Integer.MAX_VALUE, end - next + piece.remaining());
  }
}
