package org.nbdcore.vmdk;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Allocates grains in an extent's file: at its end, or at the positions of freed grains. A position
 * is reused only after the change of its table is durable. A crash therefore never leaves two
 * entries that lead to one position.
 */
final class GrainSpace {
  /** Step by which the file grows, as a hole without storage. */
  private static final long STEP = 4 << 20;

  private static final long MAX_SECTOR = 0xffffffffL;

  private final OpenFile file;
  private final long grainBytes;
  private final AtomicLong end; // end of the allocated part of the file
  private volatile long
      extended; // end of the part that may be written; grows while holding this object's lock
  private long[] free = new long[0]; // guarded by this object's lock
  private int freeCount; // guarded by this object's lock
  private volatile boolean anyFree; // whether freeCount > 0, readable without the lock
  private long[] pending = new long[0]; // guarded by this object's lock
  private int pendingCount; // guarded by this object's lock

  /**
   * @param file this class alone extends it
   * @param end the first byte not referenced by any entry
   */
  GrainSpace(OpenFile file, long grainBytes, long end) {
    this.file = file;
    this.grainBytes = grainBytes;
    this.end = new AtomicLong(end);
    this.extended = Math.min(end, file.size());
  }

  long end() {
    return end.get();
  }

  /**
   * Returns the position of a freed grain, which still holds its old content; 0 if there is none.
   */
  long reuse() {
    if (!anyFree) {
      return 0;
    }
    synchronized (this) {
      if (freeCount == 0) {
        return 0;
      }
      freeCount--;
      anyFree = freeCount > 0;
      return free[freeCount];
    }
  }

  /**
   * Allocates bytes at the end of the file, all of which read as zeroes.
   *
   * @throws VmdkException if a table entry cannot represent a sector that far out
   */
  long append(long bytes) throws IOException {
    long position = end.getAndAdd(bytes);
    long stop = position + bytes;
    if (stop / SparseHeader.SECTOR > MAX_SECTOR) {
      throw new VmdkException(
          file.location()
              + ": is full: No space left on device; a sparse extent holds 2 TiB at most");
    }
    if (stop > extended) {
      extend(stop);
    }
    return position;
  }

  /**
   * No thread writes after {@code extended}, so the byte written to extend the file overwrites
   * nothing.
   */
  private synchronized void extend(long stop) throws IOException {
    if (stop > extended) {
      long target = (stop + STEP - 1) / STEP * STEP;
      file.truncate(target);
      extended = target;
    }
  }

  /** Records that no entry refers to this position any more. The caller holds the table's lock. */
  synchronized void release(long position) {
    if (pendingCount == pending.length) {
      pending = Arrays.copyOf(pending, Math.max(64, 2 * pendingCount));
    }
    pending[pendingCount++] = position;
  }

  /** Takes the positions released so far, for {@link #reusable} or {@link #unreleased}. */
  synchronized long[] takeReleased() {
    long[] taken = Arrays.copyOf(pending, pendingCount);
    pendingCount = 0;
    return taken;
  }

  /** Marks positions as reusable: the tables that referred to them are durable. */
  synchronized void reusable(long[] positions) {
    if (freeCount + positions.length > free.length) {
      free = Arrays.copyOf(free, Math.max(freeCount + positions.length, 2 * freeCount));
    }
    System.arraycopy(positions, 0, free, freeCount, positions.length);
    freeCount += positions.length;
    anyFree = freeCount > 0;
  }

  synchronized void unreleased(long[] positions) {
    for (long position : positions) {
      release(position);
    }
  }

  /**
   * Cuts off the unused end of the file. Must not run in parallel with any other call.
   *
   * @return true if the file has become shorter
   */
  synchronized boolean trim() throws IOException {
    Arrays.sort(free, 0, freeCount);
    long last = end.get();
    while (freeCount > 0 && free[freeCount - 1] + grainBytes == last) {
      freeCount--;
      last -= grainBytes;
    }
    anyFree = freeCount > 0;
    end.set(last);
    if (file.size() <= last) {
      return false;
    }
    file.truncate(last);
    extended = last;
    return true;
  }
}
