package org.nbdcore.filter.multiconn;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** The connections that a flush on one of them concerns. Safe for use by several threads. */
final class Group {

  private final Tracking tracking;
  private final List<MultiConnDevice> connections = new CopyOnWriteArrayList<>();

  /** Held for reading while devices of other connections are flushed, for writing to close one. */
  private final ReadWriteLock closing = new ReentrantReadWriteLock(true);

  /**
   * Held with {@link Tracking#FAST} while flushing: who finds no mark because another thread has
   * just taken it must not answer before that thread's flush is through.
   */
  private final ReentrantLock flushing = new ReentrantLock();

  /** The mark of {@link Tracking#FAST}. */
  private volatile boolean dirty;

  Group(Tracking tracking) {
    this.tracking = tracking;
  }

  Tracking tracking() {
    return tracking;
  }

  void add(MultiConnDevice device) {
    connections.add(device);
  }

  /** Waits until no other connection flushes {@code device} and none will. */
  void remove(MultiConnDevice device) {
    closing.writeLock().lock();
    try {
      connections.remove(device);
    } finally {
      closing.writeLock().unlock();
    }
  }

  void markDirty() {
    if (!dirty) {
      dirty = true;
    }
  }

  /**
   * Flushes where that is needed. With {@link Tracking#FAST} any flush takes the mark of all, as
   * whoever chose that wants.
   *
   * @param all whether all connections are flushed, or only {@code from}
   */
  void flush(MultiConnDevice from, boolean all) throws IOException {
    if (tracking != Tracking.FAST) {
      flushEach(from, all);
      return;
    }
    flushing.lock();
    try {
      if (!dirty) {
        return;
      }
      dirty = false;
      boolean done = false;
      try {
        flushEach(from, all);
        done = true;
      } finally {
        if (!done) {
          dirty = true;
        }
      }
    } finally {
      flushing.unlock();
    }
  }

  private void flushEach(MultiConnDevice from, boolean all) throws IOException {
    if (!all) {
      from.flushBelow();
      return;
    }
    closing.readLock().lock();
    try {
      for (MultiConnDevice device : connections) {
        device.flushBelow();
      }
    } finally {
      closing.readLock().unlock();
    }
  }
}
