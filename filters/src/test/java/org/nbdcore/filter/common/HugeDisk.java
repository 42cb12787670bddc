package org.nbdcore.filter.common;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.OpenRequest;

/** A disk of any size, full of ones, that forgets what is written to it and counts its calls. */
public final class HugeDisk implements Backend {

  public final AtomicLong reads = new AtomicLong();
  public final AtomicLong writes = new AtomicLong();
  public final AtomicLong ranges = new AtomicLong();
  public volatile LongConsumer beforeRead = offset -> {};
  public volatile Capabilities capabilities = ModelDisk.ALL;
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
      beforeRead.accept(offset);
      reads.incrementAndGet();
      while (dst.hasRemaining()) {
        dst.put((byte) 1);
      }
    }

    @Override
    public void write(ByteBuffer src, long offset, int flags) {
      writes.incrementAndGet();
      src.position(src.limit());
    }

    @Override
    public void flush() {}

    @Override
    public void trim(long offset, long length, int flags) {
      ranges.incrementAndGet();
    }

    @Override
    public void zero(long offset, long length, int flags) {
      ranges.incrementAndGet();
    }

    @Override
    public void cache(long offset, long length) {
      ranges.incrementAndGet();
    }

    @Override
    public void extents(long offset, long length, int flags, ExtentSink sink) {
      sink.add(offset, length, ExtentSink.DATA);
    }

    @Override
    public void close() {}
  }
}
