package org.nbdcore.vmdk;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The room for grains in an extent's file: its end, and the places of grains that were freed. A
 * place that was freed is used again only when the table that led there has been written for good,
 * so that a crash never finds one place in two entries.
 */
final class GrainSpace {
  /** The file grows by so much at once, in a hole that takes no storage. */
  private static final long STEP = 4 << 20;

  private static final long MAX_SECTOR = 0xffffffffL;

  private final OpenFile file;
  private final long grainBytes;
  private final AtomicLong end; // where the file has been given out up to
  private volatile long extended; // up to where it may be written; grows under this object's lock
  private long[] free = new long[0]; // guarded by this object's lock
  private int freeCount; // guarded by this object's lock
  private volatile boolean anyFree; // whether freeCount > 0, for a look without the lock
  private long[] pending = new long[0]; // guarded by this object's lock
  private int pendingCount; // guarded by this object's lock

  /**
   * @param file grows here and nowhere else
   * @param end the first byte that nothing leads to
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

  /** The place of a grain that was freed, whose old content is still there; 0 if there is none. */
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
   * The place of so many bytes at the end of the file, all of which read as zeroes.
   *
   * @throws VmdkException if a table entry cannot name a sector that far out
   */
  long append(long bytes) throws IOException {
    long place = end.getAndAdd(bytes);
    long stop = place + bytes;
    if (stop / SparseHeader.SECTOR > MAX_SECTOR) {
      throw new VmdkException(
          file.location()
              + ": is full: No space left on device; a sparse extent holds 2 TiB at most");
    }
    if (stop > extended) {
      extend(stop);
    }
    return place;
  }

  /** Nobody writes behind {@code extended}, so that the byte that lengthens the file harms none. */
  private synchronized void extend(long stop) throws IOException {
    if (stop > extended) {
      long target = (stop + STEP - 1) / STEP * STEP;
      file.truncate(target);
      extended = target;
    }
  }

  /** Notes that no entry leads there any more; the table's lock is held. */
  synchronized void release(long place) {
    if (pendingCount == pending.length) {
      pending = Arrays.copyOf(pending, Math.max(64, 2 * pendingCount));
    }
    pending[pendingCount++] = place;
  }

  /** What was released up to now; for {@link #reusable} or {@link #unreleased}. */
  synchronized long[] takeReleased() {
    long[] taken = Arrays.copyOf(pending, pendingCount);
    pendingCount = 0;
    return taken;
  }

  /** The tables that led to these places are on the disk. */
  synchronized void reusable(long[] places) {
    if (freeCount + places.length > free.length) {
      free = Arrays.copyOf(free, Math.max(freeCount + places.length, 2 * freeCount));
    }
    System.arraycopy(places, 0, free, freeCount, places.length);
    freeCount += places.length;
    anyFree = freeCount > 0;
  }

  synchronized void unreleased(long[] places) {
    for (long place : places) {
      release(place);
    }
  }

  /**
   * Cuts off what lies unused at the end. Nothing else may be going on.
   *
   * @return whether the file has become shorter
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
