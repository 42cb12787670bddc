package org.nbdcore.filter.cacheextents;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.nbdcore.filter.common.Begun;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ClearDevice;
import org.nbdcore.spi.Completion;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Extents;
import org.nbdcore.spi.Flags;

/**
 * Asks for all extents where the client wants one, and answers the next question from that. What
 * changes the disk makes the answers void; reads and cache requests pass.
 */
final class CacheextentsDevice extends ClearDevice {

  private static final int MAX_RUNS = 1 << 16;

  private final LastExtents last;
  private final AtomicLong changes;
  private final Runnable closing;

  /**
   * Wraps {@code next}.
   *
   * @param changes increased after each change of the disk
   * @param closing called once, before {@code next} is closed
   */
  CacheextentsDevice(BlockDevice next, LastExtents last, AtomicLong changes, Runnable closing) {
    super(next);
    this.last = last;
    this.changes = changes;
    this.closing = closing;
  }

  @Override
  public void extents(long offset, long length, int flags, ExtentSink sink) throws IOException {
    if (last.answer(offset, length, sink)) {
      return;
    }
    long before = last.changes();
    Extents found = new Extents(offset, length, MAX_RUNS);
    next.extents(offset, length, flags & ~Flags.REQ_ONE, found);
    last.remember(found, before);
    long at = offset;
    for (int i = 0; i < found.size(); i++) {
      sink.add(at, found.length(i), found.type(i));
      at += found.length(i);
    }
  }

  @Override
  public void write(ByteBuffer src, long offset, int flags) throws IOException {
    try {
      next.write(src, offset, flags);
    } finally {
      forget();
    }
  }

  @Override
  public boolean beginWrite(ByteBuffer src, long offset, int flags, Completion completion)
      throws IOException {
    Begun write =
        new Begun(completion) {
          @Override
          protected void over(boolean succeeded) {
            forget();
          }
        };
    try {
      return next.beginWrite(src, offset, flags, write);
    } catch (IOException | RuntimeException e) {
      forget();
      throw e;
    }
  }

  @Override
  public void trim(long offset, long length, int flags) throws IOException {
    try {
      next.trim(offset, length, flags);
    } finally {
      forget();
    }
  }

  @Override
  public void zero(long offset, long length, int flags) throws IOException {
    try {
      next.zero(offset, length, flags);
    } finally {
      forget();
    }
  }

  private void forget() {
    changes.incrementAndGet();
  }

  @Override
  public void close() throws IOException {
    closing.run();
    next.close();
  }
}
