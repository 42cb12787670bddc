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

/** Compares the contents of a disk with expected contents. Safe for use by several threads. */
public final class ContentComparison {

  /** Result of {@link #differs} and {@link #notZero} if there is no difference. */
  public static final long SAME = -1;

  private static final int PIECE = 64 * 1024; // a multiple of any minimum block size
  private static final int MAX_EXTENTS = 1000;

  private final BlockDevice device;
  private final BufferPool buffers;
  private final Session session;
  private final int minimum;
  private final int piece;
  private final boolean extents;

  /** Reads from {@code device} into buffers of {@link #pool}. Stops when the client disconnects. */
  public ContentComparison(BlockDevice device, BufferPool buffers, Session session)
      throws IOException {
    this.device = device;
    this.buffers = buffers;
    this.session = session;
    minimum = device.capabilities().blockSizes().minimum();
    piece = (int) Math.min(PIECE, device.capabilities().blockSizes().maximum());
    extents = device.capabilities().extents();
  }

  /** Creates the buffers. All devices of a filter may share them. */
  public static BufferPool pool() {
    return new BufferPool(PIECE, 8);
  }

  /**
   * Returns the offset of the first byte between {@code from} and {@code to}, exclusive, that
   * differs, or {@link #SAME}. Reads whole blocks.
   *
   * @param expected contains, from its position on, the expected contents from {@code origin} on;
   *     neither its position nor its contents change
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
   * Returns the offset of the first byte between {@code from} and {@code to}, exclusive, that is
   * not zero, or {@link #SAME}. If the disk reports extents, reads only ranges that are not zero.
   */
  public long notZero(long from, long to) throws IOException {
    if (!extents) {
      return readNotZero(from, to);
    }
    for (long at = from; at < to; ) {
      long start = Alignment.roundDown(at, minimum);
      session.requireConnected();
      Extents runs = new Extents(start, Alignment.roundUp(to, minimum) - start, MAX_EXTENTS);
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

  /** Searches for a byte in data that was read. */
  private interface Search {
    /**
     * Returns the position of the byte; negative if there is none.
     *
     * @param at offset on the disk of the start of the buffer
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
