package org.nbdcore.filter.indexedgzip;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.FilterBlockDevice;

/**
 * Decompresses for each read from the nearest index point before it. Cursors stay at the end of the
 * last reads, so that sequential reads continue there.
 */
final class IndexedGzipDevice extends FilterBlockDevice {

  private static final int MAX_IDLE = 8;

  private final IndexFile index;
  private final Closeable use;

  /** Cursors that no read uses, most recently used first. Guarded by itself. */
  private final Deque<Cursor> idle = new ArrayDeque<>();

  /**
   * Serves the contents of a file with an index.
   *
   * @param use closed with this device, to end the use of the index
   */
  IndexedGzipDevice(BlockDevice next, IndexFile index, Closeable use) {
    super(next);
    this.index = index;
    this.use = use;
  }

  @Override
  public long size() {
    return index.size();
  }

  @Override
  public Capabilities capabilities() {
    return Capabilities.readOnly().withMultiConn(true);
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    long at = offset;
    while (dst.hasRemaining()) {
      Cursor cursor = acquire(at);
      boolean good = false;
      try {
        cursor.skipTo(at);
        cursor.read(dst);
        if (cursor.output() == at) {
          throw Cursor.mismatch(null);
        }
        at = cursor.output();
        good = true;
      } finally {
        release(cursor, good);
      }
    }
  }

  /**
   * Returns an idle cursor at or before an offset and after the last index point before it,
   * otherwise a new one.
   */
  private Cursor acquire(long output) throws IOException {
    int point = index.points().indexOf(output);
    long least = index.points().output(point);
    boolean begins = index.points().window(point) == 0; // the start of a member
    Cursor best = null;
    Cursor spare = null;
    synchronized (idle) {
      for (Cursor cursor : idle) {
        if (cursor.isFinished()) {
          spare = cursor;
          continue;
        }
        long at = cursor.output();
        boolean usable = at <= output && (begins ? at > least : at >= least);
        if (usable && (best == null || cursor.output() > best.output())) {
          best = cursor;
        }
      }
      if (best != null) {
        idle.remove(best);
        return best;
      }
      if (spare == null && idle.size() == MAX_IDLE) {
        spare = idle.peekLast();
      }
      idle.remove(spare);
    }
    Cursor fresh = spare == null ? new Cursor(next) : spare;
    boolean started = false;
    try {
      fresh.start(index, point);
      started = true;
      return fresh;
    } finally {
      if (!started) {
        fresh.close();
      }
    }
  }

  /** Keeps a cursor for later reads, unless it has failed. */
  private void release(Cursor cursor, boolean keep) {
    Cursor superfluous = cursor;
    if (keep) {
      synchronized (idle) {
        idle.addFirst(cursor);
        superfluous = idle.size() > MAX_IDLE ? idle.removeLast() : null;
      }
    }
    if (superfluous != null) {
      superfluous.close();
    }
  }

  @Override
  public void close() throws IOException {
    synchronized (idle) {
      idle.forEach(Cursor::close);
      idle.clear();
    }
    try {
      next.close();
    } finally {
      use.close();
    }
  }
}
