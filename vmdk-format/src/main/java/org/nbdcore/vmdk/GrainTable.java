package org.nbdcore.vmdk;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * One grain table in memory. Readers look at entries without a lock. Writers of grains that have
 * their place hold the read lock, so that the place stays theirs; whoever changes an entry holds
 * the write lock.
 */
final class GrainTable {
  final int number;
  final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  final AtomicIntegerArray entries; // changed under the write lock

  private boolean dirty; // guarded by lock
  private boolean committing; // guarded by lock
  private boolean evicted; // guarded by lock

  GrainTable(int number, int[] entries) {
    this.number = number;
    this.entries = new AtomicIntegerArray(entries);
  }

  /** Whether the cache has given this object up; look the table up again then. */
  boolean evicted() {
    return evicted;
  }

  /** Notes a change; returns whether it is the first since the last snapshot. Write lock. */
  boolean markDirty() {
    boolean first = !dirty;
    dirty = true;
    return first;
  }

  /** The entries as they are to be written now; {@link #committed} must follow. */
  int[] snapshot() {
    lock.writeLock().lock();
    try {
      dirty = false;
      committing = true;
      int[] copy = new int[entries.length()];
      for (int i = 0; i < copy.length; i++) {
        copy[i] = entries.get(i);
      }
      return copy;
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Ends what {@link #snapshot} began; returns whether the table has to be queued again. */
  boolean committed(boolean written) {
    lock.writeLock().lock();
    try {
      committing = false;
      return !written && markDirty();
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Gives the object up if everything in it is in the file and nobody uses it. */
  boolean evict() {
    if (!lock.writeLock().tryLock()) {
      return false;
    }
    try {
      evicted = !dirty && !committing;
      return evicted;
    } finally {
      lock.writeLock().unlock();
    }
  }
}
