package org.nbdcore.filter.multiconn;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.PassThroughDevice;
import org.nbdcore.spi.RequestType;
import org.nbdcore.spi.Support;
import org.nbdcore.spi.helpers.BlockDevices;
import org.nbdcore.spi.helpers.CallGuard;
import org.nbdcore.spi.helpers.RequestObserver;

/** Tracks unflushed changes and forwards flushes. */
final class MultiConnDevice extends PassThroughDevice {

  private static final Log LOG = Log.of("multi-conn");

  private final ConnectionGroup group;
  private final Runnable left;
  private final MultiConnMode mode;
  private final Capabilities below;

  private final Tracker tracker;

  /** Value of {@link ConnectionGroup#publications} at the last flush of this connection. */
  private final AtomicLong seen;

  /** The changes and reads of this connection, since its last flush and in total. */
  private record Tracker(
      DirtyCounter changes, DirtyCounter reads, DirtyCounter exportChanges, ConnectionGroup group)
      implements RequestObserver {

    /** Marks the connection before and after a read, because the layer below may cache the data. */
    @Override
    public long started(RequestType type, long offset, long length) {
      if (type == RequestType.READ || type == RequestType.CACHE) {
        reads.mark();
      }
      return 0;
    }

    /** Marks a change when it is complete, because an earlier flush does not cover it. */
    @Override
    public void completed(
        RequestType type, long offset, long length, long started, boolean succeeded) {
      if (type.modifies()) {
        changes.mark();
        exportChanges.mark();
        group.changed();
      } else {
        started(type, offset, length);
      }
    }
  }

  /**
   * Joins {@code group}.
   *
   * @param below the capabilities of {@code next}
   * @param left called after this device has left the group
   * @param oneAtATime whether the layer below accepts only one call at a time on each connection,
   *     because the thread of another connection may flush this one
   */
  MultiConnDevice(
      BlockDevice next,
      Capabilities below,
      ConnectionGroup group,
      DirtyCounter exportChanges,
      Runnable left,
      MultiConnMode mode,
      boolean oneAtATime) {
    this(
        oneAtATime ? BlockDevices.guarded(next, CallGuard.holding(new ReentrantLock())) : next,
        below,
        new Tracker(new DirtyCounter(), new DirtyCounter(), exportChanges, group),
        left,
        mode);
  }

  private MultiConnDevice(
      BlockDevice next, Capabilities below, Tracker tracker, Runnable left, MultiConnMode mode) {
    super(BlockDevices.observed(next, tracker));
    this.tracker = tracker;
    this.below = below;
    this.group = tracker.group();
    this.left = left;
    this.mode = mode;
    this.seen = new AtomicLong(group.publications());
    group.add(this);
  }

  /** FUA is emulated with {@link #flush}, so that it too is repeated on all connections. */
  @Override
  public Capabilities capabilities() {
    return switch (mode) {
      case EMULATE ->
          below.withMultiConn(true).withFua(below.flush() ? Support.EMULATE : Support.NONE);
      case UNSAFE -> below.withMultiConn(true);
      case DISABLE -> below.withMultiConn(false);
      case PLUGIN, AUTO -> below;
    };
  }

  @Override
  public void flush() throws IOException {
    if (mode == MultiConnMode.EMULATE) {
      group.flushAll();
    } else {
      group.flushOne(this, below.multiConn());
    }
  }

  /** Flushes this connection. Called by any connection's thread. */
  void flushBelow() throws IOException {
    if (!below.flush()) {
      return;
    }
    long changed = tracker.changes.made();
    long read = tracker.reads.made();
    long published = group.publications();
    boolean wrote = wrote();
    super.flush();
    tracker.changes.cover(changed);
    tracker.reads.cover(read);
    seen.accumulateAndGet(published, Math::max);
    if (wrote) {
      group.published();
    }
  }

  /** Counts changes on all connections to the export, and those that flushes have covered. */
  DirtyCounter exportChanges() {
    return tracker.exportChanges;
  }

  /** True if this connection has changed data since its last flush. */
  boolean wrote() {
    return !tracker.changes.clean();
  }

  /** True if this connection has read data since its last flush. */
  boolean hasRead() {
    return !tracker.reads.clean();
  }

  /**
   * True if this connection has read data since its last flush, and another connection with changes
   * was flushed since then.
   */
  boolean hasReadBefore(long publications) {
    return hasRead() && seen.get() < publications;
  }

  @Override
  public void close() throws IOException {
    settle();
    group.remove(this);
    left.run();
    next.close();
  }

  /**
   * Settles the changes before this device is closed, because afterwards a flush on another
   * connection cannot cover them.
   */
  private void settle() {
    if (!wrote() || below.multiConn()) {
      return;
    }
    if (mode != MultiConnMode.EMULATE) {
      group.abandoned();
      return;
    }
    try {
      flushBelow();
    } catch (IOException e) {
      LOG.error("flushing the connection of a client that has left: " + e.getMessage());
      group.lost(e);
    } catch (RuntimeException | Error e) {
      LOG.error("flushing the connection of a client that has left: " + e, e);
      group.lost(new IOException(e.toString(), e));
    }
  }
}
