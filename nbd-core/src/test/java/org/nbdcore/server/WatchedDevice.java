package org.nbdcore.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Flags;

/** Runs an action before each call, and counts calls and the maximum in progress. */
public final class WatchedDevice extends FilterBlockDevice {

  /** What to do before a call; {@code nth} counts from 1. */
  public interface Before {
    void call(int nth) throws IOException;
  }

  /** Counts calls; several devices may share one. */
  public static final class Meter {
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger inProgress = new AtomicInteger();
    private final AtomicInteger maximum = new AtomicInteger();

    int calls() {
      return calls.get();
    }

    int inProgress() {
      return inProgress.get();
    }

    int maximum() {
      return maximum.get();
    }

    int enter() {
      maximum.accumulateAndGet(inProgress.incrementAndGet(), Math::max);
      return calls.incrementAndGet();
    }

    void leave() {
      inProgress.decrementAndGet();
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
