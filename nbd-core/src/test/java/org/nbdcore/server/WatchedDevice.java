package org.nbdcore.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Flags;

/** Does something before each call, and knows how many calls were in progress at most. */
public final class WatchedDevice extends FilterBlockDevice {

  /** What to do before a call; {@code nth} counts from 1. */
  public interface Before {
    void call(int nth) throws IOException;
  }

  /** How many calls there are, and were; may be shared by devices. */
  public static final class Meter {
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger now = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();

    int calls() {
      return calls.get();
    }

    int now() {
      return now.get();
    }

    int most() {
      return most.get();
    }

    int enter() {
      most.accumulateAndGet(now.incrementAndGet(), Math::max);
      return calls.incrementAndGet();
    }

    void leave() {
      now.decrementAndGet();
    }
  }

  private interface Call {
    void run() throws IOException;
  }

  private final Meter meter;
  private final Before before;

  public WatchedDevice(BlockDevice next, Meter meter, Before before) {
    super(next);
    this.meter = meter;
    this.before = before;
  }

  private void watch(Call call) throws IOException {
    int nth = meter.enter();
    try {
      before.call(nth);
      call.run();
    } finally {
      meter.leave();
    }
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    watch(() -> next.read(dst, offset));
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    watch(() -> next.write(src, offset, flags));
  }

  @Override
  public void flush() throws IOException {
    watch(next::flush);
  }

  @Override
  public void trim(long offset, long length, Flags flags) throws IOException {
    watch(() -> next.trim(offset, length, flags));
  }

  @Override
  public void zero(long offset, long length, Flags flags) throws IOException {
    watch(() -> next.zero(offset, length, flags));
  }

  @Override
  public void extents(long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    watch(() -> next.extents(offset, length, flags, sink));
  }

  @Override
  public void cache(long offset, long length) throws IOException {
    watch(() -> next.cache(offset, length));
  }

  @Override
  public void close() throws IOException {
    watch(next::close);
  }
}
