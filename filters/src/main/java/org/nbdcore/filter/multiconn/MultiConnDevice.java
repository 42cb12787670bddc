package org.nbdcore.filter.multiconn;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.nbdcore.filter.common.Begun;
import org.nbdcore.filter.common.EnclosedDevice;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Completion;
import org.nbdcore.spi.Loan;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.Support;

/** Tracks unflushed changes and forwards flushes. */
final class MultiConnDevice extends EnclosedDevice {

  private static final Log LOG = Log.of("multi-conn");

  private final ConnectionGroup group;
  private final Runnable left;
  private final MultiConnMode mode;
  private final Capabilities below;

  /**
   * Held during each call, where the layer below takes one at a time on each connection: another
   * connection's thread may flush this one. Null elsewhere.
   */
  private final ReentrantLock calls;

  private final DirtyCounter changes = new DirtyCounter(); // on this connection
  private final DirtyCounter reads =
      new DirtyCounter(); // on this connection, which may cache what it has read

  /** How many flushes of connections with changes there were when this one was flushed last. */
  private final AtomicLong seen;

  private final DirtyCounter exportChanges; // on all connections to the export

  /**
   * Joins {@code group}.
   *
   * @param below what {@code next} can do
   * @param left called once this device has left the group again
   */
  MultiConnDevice(
      BlockDevice next,
      Capabilities below,
      ConnectionGroup group,
      DirtyCounter exportChanges,
      Runnable left,
      MultiConnMode mode,
      boolean oneAtATime) {
    super(next);
    this.below = below;
    this.group = group;
    this.exportChanges = exportChanges;
    this.left = left;
    this.mode = mode;
    this.calls = oneAtATime ? new ReentrantLock() : null;
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
    long changed = changes.made();
    long read = reads.made();
    long published = group.publications();
    boolean wrote = wrote();
    super.flush();
    changes.cover(changed);
    reads.cover(read);
    seen.accumulateAndGet(published, Math::max);
    if (wrote) {
      group.published();
    }
  }

  /** Changes on any connection to this one's export, and what of them flushes have covered. */
  DirtyCounter exportChanges() {
    return exportChanges;
  }

  /** Whether something was changed here since the last flush of this connection. */
  boolean wrote() {
    return !changes.clean();
  }

  /** Whether something was read here since the last flush of this connection. */
  boolean hasRead() {
    return !reads.clean();
  }

  /**
   * Whether something was read here since the last flush of this connection, and another was
   * flushed since then that had changed something.
   */
  boolean hasReadBefore(long publications) {
    return hasRead() && seen.get() < publications;
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    reads.mark();
    try {
      super.read(dst, offset);
    } finally {
      reads.mark();
    }
  }

  @Override
  public boolean lend(long offset, long length, Loan loan) throws IOException {
    enter();
    reads.mark();
    try {
      return next.lend(offset, length, loan);
    } finally {
      leave();
      reads.mark();
    }
  }

  @Override
  public void write(ByteBuffer src, long offset, int flags) throws IOException {
    try {
      super.write(src, offset, flags);
    } finally {
      changed();
    }
  }

  /** Not where one call at a time is made: nobody would hold the lock. */
  @Override
  public boolean asynchronous() {
    return calls == null && next.asynchronous();
  }

  @Override
  public boolean beginRead(ByteBuffer dst, long offset, Completion completion) throws IOException {
    if (calls != null) {
      return false;
    }
    reads.mark();
    return next.beginRead(
        dst,
        offset,
        new Begun(completion) {
          @Override
          protected void over(boolean succeeded) {
            reads.mark();
          }
        });
  }

  @Override
  public boolean beginWrite(ByteBuffer src, long offset, int flags, Completion completion)
      throws IOException {
    if (calls != null) {
      return false;
    }
    Begun write =
        new Begun(completion) {
          @Override
          protected void over(boolean succeeded) {
            changed();
          }
        };
    try {
      return next.beginWrite(src, offset, flags, write);
    } catch (IOException | RuntimeException e) {
      changed();
      throw e;
    }
  }

  @Override
  public void trim(long offset, long length, int flags) throws IOException {
    try {
      super.trim(offset, length, flags);
    } finally {
      changed();
    }
  }

  @Override
  public void zero(long offset, long length, int flags) throws IOException {
    try {
      super.zero(offset, length, flags);
    } finally {
      changed();
    }
  }

  @Override
  public void cache(long offset, long length) throws IOException {
    reads.mark();
    try {
      super.cache(offset, length);
    } finally {
      reads.mark();
    }
  }

  @Override
  protected void enter() {
    if (calls != null) {
      calls.lock();
    }
  }

  @Override
  protected void leave() {
    if (calls != null) {
      calls.unlock();
    }
  }

  /** Marked when the call is done: a flush that came earlier does not cover it. */
  private void changed() {
    changes.mark();
    exportChanges.mark();
    group.changed();
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
