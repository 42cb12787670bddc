package org.nbdcore.filter.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nbdcore.filter.common.Chains.bytes;
import static org.nbdcore.filter.common.Chains.read;
import static org.nbdcore.filter.common.Chains.write;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.filter.common.TestThreads;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.OpenRequest;

/** Flushes of a cache above disks whose flush covers only the writes of the same connection. */
@Timeout(60)
@Tag("newest")
final class CacheDurabilityTest {

  private static final int BLOCK = 4096;

  private final ModelDisk disk =
      new ModelDisk(64 * BLOCK).with(ModelDisk.ALL.withMultiConn(false)).fill(1);

  /** Blocks whose newest contents would survive a power cut; guarded by itself. */
  private final BitSet durable = new BitSet();

  private CountDownLatch flushing;
  private CountDownLatch go;
  private Filter filter;

  @AfterEach
  void close() throws Exception {
    filter.close();
    assertThat(disk.breaches).isEmpty();
  }

  /** A connection below that knows what it wrote since its last flush. */
  private final class Connection extends FilterBlockDevice {
    private final BitSet written = new BitSet();

    private Connection(BlockDevice next) {
      super(next);
    }

    @Override
    public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
      int first = (int) (offset / BLOCK);
      int end = first + src.remaining() / BLOCK;
      next.write(src, offset, flags);
      synchronized (durable) {
        boolean safe = flags.has(Flags.FUA);
        written.set(first, end, !safe);
        durable.set(first, end, safe);
      }
    }

    @Override
    public void flush() throws IOException {
      if (flushing != null && flushing.getCount() > 0) {
        flushing.countDown();
        try {
          go.await();
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
      }
      next.flush();
      synchronized (durable) {
        durable.or(written);
        written.clear();
      }
    }
  }

  @Test
  void blockEvictedByAnotherConnectionIsDurableAfterAFlush() throws IOException {
    BlockDevice one = open("cache-max-size=32K", "cache-min-block-size=4K");
    BlockDevice other = Chains.open(filter, this::connect);
    for (int block = 0; block < 4; block++) {
      write(one, block * BLOCK, bytes(7, BLOCK), Flags.NONE);
    }
    for (int block = 20; block < 40; block++) {
      other.cache(block * BLOCK, BLOCK);
    }
    assertThat(read(one, 0, BLOCK)).containsOnly(7);
    one.flush();
    assertThat(durable.get(0, 4).cardinality()).as("durable blocks").isEqualTo(4);
  }

  /** Starts a flush that blocks in the disk below until {@link #go}. */
  private FutureTask<Void> holdFlush(BlockDevice device) {
    flushing = new CountDownLatch(1);
    go = new CountDownLatch(1);
    FutureTask<Void> held = Chains.flushTask(device);
    TestThreads.start(held);
    TestThreads.await(flushing);
    return held;
  }

  @Test
  void flushDoesNotRelyOnAFlushInProgress() throws Exception {
    BlockDevice one = open("cache-min-block-size=4K");
    BlockDevice other = Chains.open(filter, this::connect);
    write(other, 0, bytes(7, BLOCK), Flags.NONE);
    FutureTask<Void> held = holdFlush(one);
    other.flush();
    assertThat(durable.get(0)).as("after the flush of the connection that wrote").isTrue();
    go.countDown();
    held.get();
  }

  /** A trim leaves the data below undefined; the cached data must be written over it. */
  @Test
  void blockPartlyTrimmedDuringAFlushIsWrittenAgain() throws Exception {
    BlockDevice one = open("cache-min-block-size=4K");
    BlockDevice other = Chains.open(filter, this::connect);
    write(one, 0, bytes(7, BLOCK), Flags.NONE);
    FutureTask<Void> held = holdFlush(one);
    other.trim(0, 512, Flags.NONE);
    byte[] afterTheTrim = read(other, 0, BLOCK);
    go.countDown();
    held.get();
    other.flush();
    assertThat(Arrays.copyOf(disk.bytes, BLOCK)).isEqualTo(afterTheTrim);
  }

  @Test
  void multiConnNeedsMultiConnBelowUnlessUnsafe() throws IOException {
    assertThat(open().capabilities().multiConn()).isFalse();
    assertThat(open("cache=writethrough").capabilities().multiConn()).isFalse();
    assertThat(open("cache=unsafe").capabilities().multiConn()).isTrue();
    disk.with(ModelDisk.ALL);
    assertThat(open().capabilities().multiConn()).isTrue();
  }

  private BlockDevice connect(OpenRequest request) throws IOException {
    return new Connection(disk.open(request));
  }

  private BlockDevice open(String... pairs) throws IOException {
    filter = Chains.filter(new CacheFilterProvider(), pairs);
    Backend below = this::connect;
    return Chains.open(filter, below);
  }
}
