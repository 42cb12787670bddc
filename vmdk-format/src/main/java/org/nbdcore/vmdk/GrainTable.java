package org.nbdcore.vmdk;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * One grain table in memory. Readers access entries without a lock. A thread that writes to a
 * stored grain holds the read lock, so that the grain keeps its position. A thread that changes an
 * entry holds the write lock.
 */
final class GrainTable {
  final int number;
  final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  final AtomicIntegerArray entries; // changed while holding the write lock

  private boolean dirty; // guarded by lock
  private boolean committing; // guarded by lock
  private boolean evicted; // guarded by lock

  GrainTable(int number, int[] entries) {
    this.number = number;
    this.entries = new AtomicIntegerArray(entries);
  }

  /** True if the cache has evicted this object. Look the table up again. */
  boolean evicted() {
    return evicted;
  }

  /**
   * Records a change; the caller holds the write lock. Returns true if it is the first since the
   * last snapshot.
   */
  boolean markDirty() {
    boolean first = !dirty;
    dirty = true;
    return first;
  }

  /** Returns the entries to be written now. Call {@link #committed} afterwards. */
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

  /** Completes what {@link #snapshot} began. Returns true if the table must be queued again. */
  boolean committed(boolean written) {
    lock.writeLock().lock();
    try {
      committing = false;
      return !written && markDirty();
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Evicts the object if the file contains all its changes and no thread uses it. */
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
