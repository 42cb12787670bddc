package org.nbdcore.filter.multiconn;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.PassThroughDevice;
import org.nbdcore.spi.Support;
import org.nbdcore.spi.helpers.BlockDevices;
import org.nbdcore.spi.helpers.CallGuard;
import org.nbdcore.spi.helpers.RequestObserver;
import org.nbdcore.spi.helpers.RequestType;

/** Tracks unflushed changes and forwards flushes. */
final class MultiConnDevice extends PassThroughDevice {

  private static final Log LOG = Log.of("multi-conn");

  private final ConnectionGroup group;
  private final Runnable left;
  private final MultiConnMode mode;
  private final Capabilities below;

  private final Tracker tracker;

  /** How many flushes of connections with changes there were when this one was flushed last. */
  private final AtomicLong seen;

  /** The changes and reads of this connection, since its last flush and in total. */
  private record Tracker(
      DirtyCounter changes, DirtyCounter reads, DirtyCounter exportChanges, ConnectionGroup group)
      implements RequestObserver {

    /** Marked before and after a read: the layer below may cache what it has read. */
    @Override
    public long started(RequestType type, long offset, long length) {
      if (type == RequestType.READ || type == RequestType.CACHE) {
        reads.mark();
      }
      return 0;
    }

    /** Changes are marked when they are done: a flush that came earlier does not cover them. */
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
   * @param below what {@code next} can do
   * @param left called once this device has left the group again
   * @param oneAtATime whether the layer below takes one call at a time on each connection: another
   *     connection's thread may flush this one
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

  /** Changes on any connection to this one's export, and what of them flushes have covered. */
  DirtyCounter exportChanges() {
    return tracker.exportChanges;
  }

  /** Whether something was changed here since the last flush of this connection. */
  boolean wrote() {
    return !tracker.changes.clean();
  }

  /** Whether something was read here since the last flush of this connection. */
  boolean hasRead() {
    return !tracker.reads.clean();
  }

  /**
   * Whether something was read here since the last flush of this connection, and another was
   * flushed since then that had changed something.
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

  /** Once this device is closed, a flush on another connection cannot reach what it has written. */
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
