package org.nbdcore.filter.multiconn;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Loan;
import org.nbdcore.spi.Support;

/** Marks what would have to be flushed, and has flushes done. */
final class MultiConnDevice extends FilterBlockDevice {

  private final MultiConnFilter filter;
  private final String export;
  private final Mode mode;
  private final Capabilities below;

  /**
   * Held during each call, where the layer below takes one at a time on each connection: another
   * connection's thread may flush this one. Null elsewhere.
   */
  private final ReentrantLock calls;

  /** Whether something was written or read since the last flush. */
  private volatile boolean dirty;

  MultiConnDevice(
      BlockDevice next, MultiConnFilter filter, String export, Mode mode, boolean oneAtATime)
      throws IOException {
    super(next);
    this.filter = filter;
    this.export = export;
    this.mode = mode;
    this.below = next.capabilities();
    this.calls = oneAtATime ? new ReentrantLock() : null;
  }

  String export() {
    return export;
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
    filter.flush(this, mode == Mode.EMULATE);
  }

  /** Flushes this connection, if it needs it. Called by any connection's thread. */
  void flushBelow() throws IOException {
    if (filter.tracking() == Tracking.CONNECTION && !dirty || !below.flush()) {
      return;
    }
    dirty = false;
    enter();
    boolean done = false;
    try {
      next.flush();
      done = true;
    } finally {
      exit();
      if (!done) {
        dirty = true;
      }
    }
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    enter();
    try {
      next.read(dst, offset);
    } finally {
      exit();
      mark();
    }
  }

  @Override
  public boolean lend(long offset, long length, Loan loan) throws IOException {
    enter();
    try {
      return next.lend(offset, length, loan);
    } finally {
      exit();
      mark();
    }
  }

  @Override
  public void write(ByteBuffer src, long offset, int flags) throws IOException {
    enter();
    try {
      next.write(src, offset, flags);
    } finally {
      changed();
    }
  }

  @Override
  public void trim(long offset, long length, int flags) throws IOException {
    enter();
    try {
      next.trim(offset, length, flags);
    } finally {
      changed();
    }
  }

  @Override
  public void zero(long offset, long length, int flags) throws IOException {
    enter();
    try {
      next.zero(offset, length, flags);
    } finally {
      changed();
    }
  }

  @Override
  public void extents(long offset, long length, int flags, ExtentSink sink) throws IOException {
    enter();
    try {
      next.extents(offset, length, flags, sink);
    } finally {
      exit();
    }
  }

  @Override
  public void cache(long offset, long length) throws IOException {
    enter();
    try {
      next.cache(offset, length);
    } finally {
      exit();
      mark();
    }
  }

  private void enter() {
    if (calls != null) {
      calls.lock();
    }
  }

  private void exit() {
    if (calls != null) {
      calls.unlock();
    }
  }

  /** Marked when the call is done: a flush that came earlier does not cover it. */
  private void changed() {
    exit();
    mark();
    filter.markDirty();
  }

  private void mark() {
    if (!dirty) {
      dirty = true;
    }
  }

  @Override
  public void close() throws IOException {
    filter.remove(this);
    next.close();
  }
}
