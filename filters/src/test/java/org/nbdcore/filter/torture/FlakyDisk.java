package org.nbdcore.filter.torture;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.OpenRequest;

/**
 * A layer in which one call in a hundred fails, and some calls are slow. After {@link #die}, all
 * open devices fail until they are reopened. A failed call may be partly executed.
 */
final class FlakyDisk implements Backend {

  private static final int ONE_IN = 100;

  private final Backend next;
  private final Random random; // guarded by itself
  private final AtomicInteger failures = new AtomicInteger();
  private volatile int deaths;

  FlakyDisk(Backend next, long seed) {
    this.next = next;
    random = new Random(seed);
  }

  /** Makes all open devices fail. Call this from one thread only. */
  void die() {
    deaths = deaths + 1;
  }

  /** Whether there were enough random failures and deaths for a meaningful test. */
  boolean hasFailedEnough() {
    return failures.get() > 20 && deaths > 2;
  }

  @Override
  public BlockDevice open(OpenRequest request) throws IOException {
    if (chance(ONE_IN)) {
      throw failure("opening");
    }
    return new Device(next.open(request), deaths);
  }

  private boolean chance(int oneIn) {
    synchronized (random) {
      return random.nextInt(oneIn) == 0;
    }
  }

  private IOException failure(String call) {
    failures.incrementAndGet();
    return new IOException("planted failure of " + call);
  }

  private interface Call {
    void run() throws IOException;
  }

  private final class Device extends FilterBlockDevice {

    private final int born;

    Device(BlockDevice next, int born) {
      super(next);
      this.born = born;
    }

    private void call(String name, Call partial, Call complete) throws IOException {
      if (chance(20)) {
        LockSupport.parkNanos(300_000); // calls then overlap, also with die
      }
      if (deaths != born) {
        partial.run();
        throw new IOException("the disk has died before " + name);
      }
      if (chance(ONE_IN)) {
        partial.run();
        throw failure(name);
      }
      complete.run();
      if (deaths != born) {
        throw new IOException("the disk has died during " + name);
      }
    }

    @Override
    public void read(ByteBuffer dst, long offset) throws IOException {
      call(
          "read",
          () -> {
            while (dst.hasRemaining()) {
              dst.put((byte) 0x5a);
            }
          },
          () -> next.read(dst, offset));
    }

    @Override
    public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
      call(
          "write",
          () -> {
            int some = src.remaining() / 1024 * 512;
            if (some > 0) {
              next.write(src.limit(src.position() + some), offset, flags);
            }
          },
          () -> next.write(src, offset, flags));
    }

    @Override
    public void flush() throws IOException {
      call("flush", () -> {}, next::flush);
    }

    @Override
    public void trim(long offset, long length, Flags flags) throws IOException {
      call("trim", () -> {}, () -> next.trim(offset, length, flags));
    }

    @Override
    public void zero(long offset, long length, Flags flags) throws IOException {
      call("zero", () -> {}, () -> next.zero(offset, length, flags));
    }

    @Override
    public void extents(long offset, long length, Flags flags, ExtentSink sink) throws IOException {
      call("extents", () -> {}, () -> next.extents(offset, length, flags, sink));
    }

    @Override
    public void cache(long offset, long length) throws IOException {
      call("cache", () -> {}, () -> next.cache(offset, length));
    }

    @Override
    public void close() throws IOException {
      next.close();
      if (chance(10)) {
        throw failure("close");
      }
    }
  }
}
