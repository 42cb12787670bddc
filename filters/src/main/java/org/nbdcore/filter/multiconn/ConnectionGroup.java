package org.nbdcore.filter.multiconn;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/** The connections that a flush on one of them must cover. Safe for use by several threads. */
final class ConnectionGroup {

  private final DirtyTracking tracking;
  private final List<MultiConnDevice> connections = new CopyOnWriteArrayList<>();

  /** Held for reading while devices of other connections are flushed, for writing to close one. */
  private final ReadWriteLock closing = new ReentrantReadWriteLock(true);

  /** Changes on any connection, closed ones included, which a flush of all of them covers. */
  private final DirtyCounter changes = new DirtyCounter();

  /**
   * Counts flushes of connections with changes. Data that other connections have read before may be
   * older.
   */
  private final DirtyCounter publications = new DirtyCounter();

  /** True if a connection was closed whose changes no flush on another connection covers. */
  private volatile boolean abandoned;

  /** Why changes of a closed connection may be lost, until a flush reports it; or null. */
  private final AtomicReference<IOException> loss = new AtomicReference<>();

  ConnectionGroup(DirtyTracking tracking) {
    this.tracking = tracking;
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

  void changed() {
    changes.mark();
  }

  /** Records the flush of a connection with changes. */
  void published() {
    publications.mark();
  }

  /** The number of flushes of connections with changes. */
  long publications() {
    return publications.made();
  }

  /** Records that a connection closes with changes that only its own flush would have covered. */
  void abandoned() {
    abandoned = true;
  }

  /**
   * Called if the flush of a closed connection failed. The next flush on any connection fails once.
   */
  void lost(IOException why) {
    loss.set(why);
  }

  /** Flushes every connection that needs it. */
  void flushAll() throws IOException {
    IOException lost = loss.getAndSet(null);
    if (lost != null) {
      throw new NbdException(
          NbdError.EIO, "writes of a closed connection may be lost: " + lost.getMessage(), lost);
    }
    closing.readLock().lock();
    try {
      long made = changes.made();
      boolean dirty = !changes.clean();
      // Flush writers first. A connection that is flushed before them could read the old data
      // again.
      List<MultiConnDevice> flushed = new ArrayList<>();
      for (MultiConnDevice device : connections) {
        if (device.wrote()) {
          device.flushBelow();
          flushed.add(device);
        }
      }
      for (MultiConnDevice device : connections) {
        boolean needed =
            switch (tracking) {
              case OFF -> !flushed.contains(device);
              case FAST -> dirty && !flushed.contains(device);
              case CONNECTION -> dirty && device.hasRead();
            };
        if (needed) {
          device.flushBelow();
        }
      }
      changes.cover(made);
    } finally {
      closing.readLock().unlock();
    }
  }

  /**
   * Flushes one connection, unless earlier flushes have covered all changes. A flush covers at most
   * the changes of its export. If exports are not distinguished, they may be one disk or several,
   * so a change of any export makes all flushes necessary.
   *
   * @param consistent whether a flush below covers the changes of all connections to the export;
   *     otherwise a connection may cache data until it is flushed itself
   */
  void flushOne(MultiConnDevice device, boolean consistent) throws IOException {
    boolean outdated =
        !consistent && tracking == DirtyTracking.CONNECTION && device.hasReadBefore(publications());
    if (tracking != DirtyTracking.OFF && allCovered() && !outdated) {
      return;
    }
    long made = device.exportChanges().made();
    device.flushBelow();
    // with FAST any flush counts for all connections, as documented
    if (consistent || tracking == DirtyTracking.FAST || allFlushed(device.exportChanges())) {
      device.exportChanges().cover(made);
    }
  }

  private boolean allCovered() {
    for (MultiConnDevice device : connections) {
      if (!device.exportChanges().clean()) {
        return false;
      }
    }
    return true;
  }

  private boolean allFlushed(DirtyCounter export) {
    if (abandoned) {
      return false;
    }
    for (MultiConnDevice device : connections) {
      if (device.exportChanges() == export && device.wrote()) {
        return false;
      }
    }
    return true;
  }
}
