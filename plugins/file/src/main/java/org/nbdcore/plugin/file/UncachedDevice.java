package org.nbdcore.plugin.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.Support;
import org.nbdcore.system.FileCalls;

/**
 * A file that uses as little page cache as possible. Data that was read leaves the cache at once.
 * Written data is sent to the disk at once and leaves the cache some writes later, so no request
 * waits.
 */
final class UncachedDevice extends FilterBlockDevice {

  private static final int WINDOW = 8;

  private final NativeDescriptor descriptor;
  private final long[] offsets = new long[WINDOW]; // guarded by this, as the next two
  private final long[] lengths = new long[WINDOW];
  private int oldest;

  UncachedDevice(BlockDevice file, NativeDescriptor descriptor) {
    super(file);
    this.descriptor = descriptor;
  }

  /** Prefetching is useless, because the data is dropped from the cache again. */
  @Override
  public Capabilities capabilities() throws IOException {
    return next.capabilities().withCache(Support.NONE);
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    int length = dst.remaining();
    next.read(dst, offset);
    descriptor.evict(offset, length);
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    long length = src.remaining();
    next.write(src, offset, flags);
    descriptor.writeOut(offset, length, FileCalls.WRITE);
    long evictedOffset;
    long evictedLength;
    synchronized (this) {
      evictedOffset = offsets[oldest];
      evictedLength = lengths[oldest];
      offsets[oldest] = offset;
      lengths[oldest] = length;
      oldest = (oldest + 1) % WINDOW;
    }
    if (evictedLength > 0) {
      descriptor.writeOut(evictedOffset, evictedLength, FileCalls.WRITE_AND_WAIT);
      descriptor.evict(evictedOffset, evictedLength);
    }
  }

  @Override
  public void flush() throws IOException {
    next.flush();
    descriptor.evict(0, 0);
  }

  @Override
  public void close() throws IOException {
    try {
      next.close();
    } finally {
      descriptor.evict(0, 0);
      descriptor.close();
    }
  }
}
