package org.nbdcore.filter.indexedgzip;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.helpers.Alignment;
import org.nbdcore.spi.helpers.BlockDeviceInputStream;

/**
 * Decompresses from an index point on, within one member. The JDK's inflater can only start at a
 * byte boundary, so {@link EmptyBlocks} precede a block that begins within a byte. For one thread
 * at a time.
 */
final class Cursor implements Closeable {

  private static final int PIECE = 1 << 16;

  private final BlockDevice packed;
  private final int minimum;
  private final int piece;
  private final long end;
  private final Inflater inflater = new Inflater(true);
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(PIECE);
  private final byte[] first = new byte[EmptyBlocks.LONGEST + PIECE];
  private final ByteBuffer skipped = ByteBuffer.allocate(PIECE);
  private long next; // to read, in bytes
  private int ignored; // bytes of the next piece before the point
  private int bits; // of the next byte before the point
  private long output;
  private long loaded; // offset of the buffer in the file
  private int filled; // number of its bytes in the buffer
  private long reused = -1; // position in the buffer to continue at; negative if there is none

  Cursor(BlockDevice packed) throws IOException {
    this.packed = packed;
    BlockSizes sizes = packed.capabilities().blockSizes();
    minimum = sizes.minimum();
    piece = (int) Alignment.roundDown(Math.min(PIECE, sizes.maximum()), minimum);
    end = BlockDeviceInputStream.readable(packed);
  }

  /** Moves to a point of an index. */
  void start(IndexFile index, int point) throws IOException {
    GzipPoints points = index.points();
    long window = points.window(point);
    inflater.reset();
    if (window != 0) {
      inflater.setDictionary(index.window(window));
    }
    long at = points.input(point) / Byte.SIZE;
    bits = (int) (points.input(point) % Byte.SIZE);
    next = Alignment.roundDown(at, minimum);
    ignored = (int) (at - next);
    // small members, such as those of bgzip, are in one buffer
    reused = bits == 0 && at >= loaded && at < loaded + filled ? at - loaded : -1;
    output = points.output(point);
  }

  /** Offset of the next byte in the decompressed contents. */
  long output() {
    return output;
  }

  /** True if the member has ended. */
  boolean isFinished() {
    return inflater.finished();
  }

  /** Skips forward to an offset in the decompressed contents. */
  void skipTo(long target) throws IOException {
    while (output < target && !inflater.finished()) {
      read(skipped.clear().limit((int) Math.min(PIECE, target - output)));
    }
    if (output != target) {
      throw mismatch(null);
    }
  }

  /** Fills {@code dst}, or less if the member ends. */
  void read(ByteBuffer dst) throws IOException {
    try {
      while (dst.hasRemaining() && !inflater.finished()) {
        int count = inflater.inflate(dst);
        output += count;
        if (count == 0 && !inflater.finished()) {
          if (!inflater.needsInput()) {
            throw mismatch(null);
          }
          refill();
        }
      }
    } catch (DataFormatException e) {
      throw mismatch(e);
    }
  }

  private void refill() throws IOException {
    if (reused >= 0) {
      inflater.setInput(buffer.limit(filled).position((int) reused));
      next = loaded + filled;
      ignored = 0;
      reused = -1;
      return;
    }
    int length = (int) Math.min(piece, end - next);
    if (length <= ignored) {
      throw new EOFException("the gzip file ends too early; it has changed");
    }
    filled = 0; // in case the read fails
    packed.read(buffer.clear().limit(length), next);
    loaded = next;
    filled = length;
    buffer.position(ignored);
    if (bits > 0) {
      byte[] blocks = EmptyBlocks.before(bits, buffer.get());
      System.arraycopy(blocks, 0, first, 0, blocks.length);
      int rest = buffer.remaining();
      buffer.get(first, blocks.length, rest);
      inflater.setInput(first, 0, blocks.length + rest);
      bits = 0;
    } else {
      inflater.setInput(buffer);
    }
    ignored = 0;
    next += length;
  }

  static NbdException mismatch(Exception cause) {
    return new NbdException(
        NbdError.EIO,
        "the gzip file and its index do not match; remove the index to create a new one",
        cause);
  }

  @Override
  public void close() {
    inflater.end();
  }
}
