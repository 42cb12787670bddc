package org.nbdcore.tools.vsphere;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.nbdcore.spi.BlockDevice;

/** Copies ranges of one disk with several threads. */
final class DiskCopy {

  private static final int THREADS = 8;
  private static final int PIECE = 1 << 20;

  private final BlockDevice source;
  private final Destination destination;
  private final Iterator<long[]> ranges; // guarded by this object's lock, like all fields below
  private final TreeSet<Long> inProgress = new TreeSet<>();
  private final AtomicLong done;
  private long[] range = {0, 0};
  private boolean ended;
  private IOException failure;

  /**
   * Creates a copy.
   *
   * @param done receives the number of bytes of each completed write
   */
  DiskCopy(BlockDevice source, Destination destination, Ranges parts, AtomicLong done) {
    this.source = source;
    this.destination = destination;
    this.ranges = parts.all().iterator();
    this.done = done;
  }

  /** Returns the threads that copy. The caller starts them and waits for them. */
  List<Thread> threads(String name) {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      threads.add(new Thread(this::work, name + "-" + i));
    }
    return threads;
  }

  /** Returns the offset before which everything has been copied. */
  synchronized long copiedUpTo() {
    return inProgress.isEmpty() ? (ended ? Long.MAX_VALUE : range[0]) : inProgress.first();
  }

  /** Stops the copy early. */
  synchronized void stop(IOException why) {
    if (failure == null) {
      failure = why;
    }
  }

  /** Throws the failure that stopped the copy, if any. */
  synchronized void check() throws IOException {
    if (failure != null) {
      throw failure;
    }
  }

  private void work() {
    ByteBuffer buffer = ByteBuffer.allocateDirect(PIECE);
    try {
      for (long[] piece = next(); piece != null; piece = next()) {
        buffer.clear().limit((int) (piece[1] - piece[0]));
        source.read(buffer, piece[0]);
        destination.write(buffer.flip(), piece[0]);
        done.addAndGet(piece[1] - piece[0]);
        synchronized (this) {
          inProgress.remove(piece[0]); // a failed chunk has not been copied
        }
      }
    } catch (IOException e) {
      stop(e);
    } catch (RuntimeException | Error e) {
      stop(new IOException("the copy failed: " + e, e));
      throw e;
    }
  }

  private synchronized long[] next() {
    if (failure != null) {
      return null;
    }
    while (range[0] == range[1]) {
      if (!ranges.hasNext()) {
        ended = true;
        return null;
      }
      range = ranges.next().clone();
    }
    long[] piece = {range[0], Math.min(range[1], range[0] + PIECE)};
    range[0] = piece[1];
    inProgress.add(piece[0]);
    return piece;
  }
}
