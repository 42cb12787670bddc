package org.nbdcore.filter.common;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.OpenRequest;

/** A disk of any size, full of ones, that discards writes and counts its calls. */
public final class HugeDisk implements Backend {

  public final AtomicLong reads = new AtomicLong();
  public final AtomicLong writes = new AtomicLong();
  public final AtomicLong ranges = new AtomicLong();

  /** Called with the offset of each read, write, trim, zero and cache request. */
  public volatile LongConsumer before = offset -> {};

  public volatile Capabilities capabilities = ModelDisk.ALL;

  /** Whether it is full of zeroes instead. */
  public volatile boolean zeroes;

  private final long size;

  public HugeDisk(long size) {
    this.size = size;
  }

  @Override
  public BlockDevice open(OpenRequest request) {
    return new Device();
  }

  private final class Device implements BlockDevice {

    @Override
    public long size() {
      return size;
    }

    @Override
    public Capabilities capabilities() {
      return capabilities;
    }

    @Override
    public void read(ByteBuffer dst, long offset) {
      before.accept(offset);
      reads.incrementAndGet();
      while (dst.hasRemaining()) {
        dst.put((byte) (zeroes ? 0 : 1));
      }
    }

    @Override
    public void write(ByteBuffer src, long offset, Flags flags) {
      before.accept(offset);
      writes.incrementAndGet();
      src.position(src.limit());
    }

    @Override
    public void flush() {}

    @Override
    public void trim(long offset, long length, Flags flags) {
      before.accept(offset);
      ranges.incrementAndGet();
    }

    @Override
    public void zero(long offset, long length, Flags flags) {
      before.accept(offset);
      ranges.incrementAndGet();
    }

    @Override
    public void cache(long offset, long length) {
      before.accept(offset);
      ranges.incrementAndGet();
    }

    @Override
    public void extents(long offset, long length, Flags flags, ExtentSink sink) {
      sink.add(offset, length, ExtentSink.DATA);
    }

    @Override
    public void close() {}
  }
}
