package org.nbdcore.filter.gzip;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.nbdcore.filter.common.AnyRange;
import org.nbdcore.filter.common.Blocks;
import org.nbdcore.spi.BlockDevice;

/** The bytes of a disk in their order. For one thread. */
final class DeviceInput extends InputStream {

  private static final int PIECE = 1 << 18;

  private final AnyRange device;
  private final long size;
  private long next; // where the piece after this one begins
  private ByteBuffer piece = ByteBuffer.allocate(0);

  /** Reads from {@code device} up to the last byte that can be read. */
  DeviceInput(BlockDevice device) throws IOException {
    this.device = new AnyRange(device);
    size = Blocks.down(device.size(), device.capabilities().blockSizes().minimum());
  }

  private boolean fill() throws IOException {
    if (!piece.hasRemaining() && next < size) {
      int length = (int) Math.min(PIECE, size - next);
      piece = device.read(next, length);
      next += length;
    }
    return piece.hasRemaining();
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

  /** The rest of the disk: by this the reader knows whether another part of the file follows. */
  @Override
  public int available() {
    return (int) Math.min(Integer.MAX_VALUE, size - next + piece.remaining());
  }
}
