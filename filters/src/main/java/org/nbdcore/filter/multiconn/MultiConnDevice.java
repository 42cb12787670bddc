package org.nbdcore.filter.multiconn;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;
import org.nbdcore.filter.common.Begun;
import org.nbdcore.filter.common.EnclosedDevice;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Completion;
import org.nbdcore.spi.Loan;
import org.nbdcore.spi.Support;

/** Marks what would have to be flushed, and has flushes done. */
final class MultiConnDevice extends EnclosedDevice {

  private final Group group;
  private final Runnable left;
  private final Mode mode;
  private final Capabilities below;

  /**
   * Held during each call, where the layer below takes one at a time on each connection: another
   * connection's thread may flush this one. Null elsewhere.
   */
  private final ReentrantLock calls;

  /**
   * Held while this connection is flushed: who finds no mark because another thread has just taken
   * it must not answer before that thread's flush is through. Taken before {@link #calls}.
   */
  private final ReentrantLock flushing = new ReentrantLock();

  /** Whether something was written or read since the last flush. */
  private volatile boolean dirty;

  /** Joins {@code group}; {@code left} is called once it has left again. */
  MultiConnDevice(BlockDevice next, Group group, Runnable left, Mode mode, boolean oneAtATime)
      throws IOException {
    super(next);
    this.group = group;
    this.left = left;
    this.mode = mode;
    this.below = next.capabilities();
    this.calls = oneAtATime ? new ReentrantLock() : null;
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
    group.flush(this, mode == Mode.EMULATE);
  }

  /** Flushes this connection, if it needs it. Called by any connection's thread. */
  void flushBelow() throws IOException {
    if (!below.flush()) {
      return;
    }
    if (group.tracking() != Tracking.CONNECTION) {
      callFlush();
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
        callFlush();
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

  private void callFlush() throws IOException {
    super.flush();
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    try {
      super.read(dst, offset);
    } finally {
      mark();
    }
  }

  @Override
  public boolean lend(long offset, long length, Loan loan) throws IOException {
    enter();
    try {
      return next.lend(offset, length, loan);
    } finally {
      leave();
      mark();
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
    return calls == null
        && next.beginRead(
            dst,
            offset,
            new Begun(completion) {
              @Override
              protected void over(boolean succeeded) {
                mark();
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
    try {
      super.cache(offset, length);
    } finally {
      mark();
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
    mark();
    group.markDirty();
  }

  private void mark() {
    if (!dirty) {
      dirty = true;
    }
  }

  @Override
  public void close() throws IOException {
    group.remove(this);
    left.run();
    next.close();
  }
}
