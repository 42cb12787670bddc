package org.nbdcore.filter.cacheextents;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Extents;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.PassThroughDevice;
import org.nbdcore.spi.RequestType;
import org.nbdcore.spi.helpers.BlockDevices;

/**
 * Queries all extents even if the client requests one, and answers later requests from this result.
 * Changes of the disk invalidate the stored replies; reads and cache requests do not.
 */
final class CacheextentsDevice extends PassThroughDevice {

  private static final int MAX_EXTENTS = 1 << 16;

  private final long size;
  private final LastExtents last;
  private final Runnable closing;

  /**
   * Wraps {@code next}.
   *
   * @param size of {@code next}
   * @param changes increased after each change of the disk
   * @param closing called once, before {@code next} is closed
   */
  CacheextentsDevice(
      BlockDevice next, long size, LastExtents last, AtomicLong changes, Runnable closing) {
    super(
        BlockDevices.observed(
            next,
            RequestType.MODIFYING,
            (type, offset, length, started, succeeded) -> changes.incrementAndGet()));
    this.size = size;
    this.last = last;
    this.closing = closing;
  }

  @Override
  public void extents(long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    if (last.answer(offset, length, sink)) {
      return;
    }
    long before = last.changes();
    Extents found = new Extents(offset, length, MAX_EXTENTS).acceptUntil(size);
    next.extents(offset, length, flags.without(Flags.REQ_ONE), found);
    last.remember(found, before);
    long at = offset;
    for (int i = 0; i < found.size(); i++) {
      sink.add(at, found.length(i), found.type(i));
      at += found.length(i);
    }
  }

  @Override
  public void close() throws IOException {
    closing.run();
    next.close();
  }
}
