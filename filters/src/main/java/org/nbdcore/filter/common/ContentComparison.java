package org.nbdcore.filter.common;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Extents;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.Zeroes;
import org.nbdcore.spi.helpers.Alignment;
import org.nbdcore.spi.helpers.BufferPool;

/** Compares what a disk holds with what it is expected to hold. Safe for use by several threads. */
public final class ContentComparison {

  /** What {@link #differs} and {@link #notZero} return where there is nothing to report. */
  public static final long SAME = -1;

  private static final int PIECE = 64 * 1024; // a multiple of any minimum block size
  private static final int RUNS = 1000;

  private final BlockDevice device;
  private final BufferPool buffers;
  private final Session session;
  private final int minimum;
  private final int piece;
  private final boolean extents;

  /** Reads from {@code device} through buffers of {@link #pool}, as long as the client is there. */
  public ContentComparison(BlockDevice device, BufferPool buffers, Session session)
      throws IOException {
    this.device = device;
    this.buffers = buffers;
    this.session = session;
    minimum = device.capabilities().blockSizes().minimum();
    piece = (int) Math.min(PIECE, device.capabilities().blockSizes().maximum());
    extents = device.capabilities().extents();
  }

  /** Buffers for this, which all devices of a filter may share. */
  public static BufferPool pool() {
    return new BufferPool(PIECE, 8);
  }

  /**
   * The first byte from {@code from} to before {@code to} that differs, or {@link #SAME}. Blocks
   * that are covered in part are read as a whole.
   *
   * @param expected holds, from its position, what is expected from {@code origin} on; neither its
   *     position nor its contents are changed
   */
  public long differs(long from, long to, ByteBuffer expected, long origin) throws IOException {
    return search(
        from,
        to,
        (buffer, at) -> {
          int skipped = expected.position() + (int) (at - origin);
          return buffer.mismatch(expected.slice(skipped, buffer.remaining()));
        });
  }

  /**
   * The first byte from {@code from} to before {@code to} that is not zero, or {@link #SAME}. If
   * the disk reports extents, only ranges that are not zero are read.
   */
  public long notZero(long from, long to) throws IOException {
    if (!extents) {
      return readNotZero(from, to);
    }
    for (long at = from; at < to; ) {
      long start = Alignment.roundDown(at, minimum);
      session.requireConnected();
      Extents runs = new Extents(start, Alignment.roundUp(to, minimum) - start, RUNS);
      device.extents(start, Alignment.roundUp(to, minimum) - start, Flags.NONE, runs);
      long run = start;
      for (int i = 0; i < runs.size(); i++) {
        long end = run + runs.length(i);
        if ((runs.type(i) & ExtentSink.ZERO) == 0) {
          long found = readNotZero(Math.max(at, run), Math.min(to, end));
          if (found != SAME) {
            return found;
          }
        }
        run = end;
      }
      if (run <= at) {
        throw new IOException("the layer below reported no extent at " + at);
      }
      at = run;
    }
    return SAME;
  }

  private long readNotZero(long from, long to) throws IOException {
    return search(
        from,
        to,
        (buffer, at) -> {
          int length = buffer.remaining();
          if (Zeroes.isZero(buffer, 0, length)) {
            return -1;
          }
          int i = 0;
          while (buffer.get(i) == 0) {
            i++;
          }
          return i;
        });
  }

  /** Looks for a byte in what was read. */
  private interface Search {
    /**
     * Returns the position of the byte; negative if there is none.
     *
     * @param at where on the disk the buffer begins
     */
    int find(ByteBuffer buffer, long at);
  }

  private long search(long from, long to, Search search) throws IOException {
    ByteBuffer buffer = buffers.acquire(piece);
    try {
      for (long at = from; at < to; ) {
        long start = Alignment.roundDown(at, minimum);
        long end = Math.min(to, start + piece);
        read(buffer, start, end);
        int found = search.find(buffer.slice((int) (at - start), (int) (end - at)), at);
        if (found >= 0) {
          return at + found;
        }
        at = end;
      }
      return SAME;
    } finally {
      buffers.release(buffer);
    }
  }

  private void read(ByteBuffer buffer, long start, long end) throws IOException {
    session.requireConnected();
    int length = (int) (Alignment.roundUp(end, minimum) - start);
    device.read(buffer.clear().limit(length), start);
    buffer.clear();
  }
}
