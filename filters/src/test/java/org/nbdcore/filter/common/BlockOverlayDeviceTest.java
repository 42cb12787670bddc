package org.nbdcore.filter.common;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.helpers.BufferPool;
import org.nbdcore.spi.helpers.RangeLocks;

/** Which requests the locks of blocks exclude. */
@Timeout(60)
final class BlockOverlayDeviceTest {

  private static final int BLOCK = 4096;

  private static final class EmptyOverlay extends BlockOverlayDevice {

    private final RangeLocks locks;

    EmptyOverlay(ModelDisk disk, int blockSize, RangeLocks locks) throws IOException {
      super(
          disk.open(OpenRequest.detached("", false)),
          disk.bytes.length,
          blockSize,
          locks,
          new BufferPool(BLOCK, 1),
          Session.DETACHED,
          () -> {});
      this.locks = locks;
    }

    @Override
    protected boolean isStored(long at) {
      return false;
    }

    @Override
    protected long sameUntil(long at, long end) {
      return end;
    }

    @Override
    protected void store(long start, ByteBuffer block) {}
  }

  private final EmptyOverlay device = open();

  private static EmptyOverlay open() {
    try {
      return new EmptyOverlay(new ModelDisk(16 * BLOCK), BLOCK, new RangeLocks());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** A write of a whole block needs no read from the disk below. */
  @ParameterizedTest
  @CsvSource({"65536,4096,65536", "4096,65536,65536", "1073741824,4096,33554432"})
  void wholeBlocksArePreferred(int block, int preferredBelow, int preferred) throws IOException {
    ModelDisk disk = new ModelDisk(BLOCK);
    disk.withBlockSizes(512, preferredBelow, 1 << 20);
    assertThat(new EmptyOverlay(disk, block, new RangeLocks()).blockSizes())
        .isEqualTo(BlockSizes.of(512, preferred, 64 << 20));
  }

  /** A reader of one part of a block waits for a writer of another part. */
  @ParameterizedTest
  @CsvSource({"0,1,100,200", "5000,5001,8000,8192", "0,4096,4000,9000", "8191,8192,4096,4097"})
  void readerWaitsForAWriterOfTheSameBlock(long from, long to, long start, long end)
      throws Exception {
    RangeLocks.RangeLock changing = device.lock(from, to);
    FutureTask<Void> reading = locking(() -> device.lockShared(start, end));
    assertThat(reading.isDone()).as("a reader has the block while it is changed").isFalse();
    device.locks.release(changing);
    reading.get(30, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @CsvSource({"100,200,0,1", "8000,8192,5000,5001", "4000,9000,0,4096"})
  void writerWaitsForReadersOfTheSameBlock(long start, long end, long from, long to)
      throws Exception {
    RangeLocks.RangeLock reading = device.lockShared(start, end);
    FutureTask<Void> changing = locking(() -> device.lock(from, to));
    assertThat(changing.isDone()).as("a block is changed while it is read").isFalse();
    device.locks.release(reading);
    changing.get(30, TimeUnit.SECONDS);
  }

  @Test
  void otherBlocksAreNotLocked() throws Exception {
    RangeLocks.RangeLock changing = device.lock(4096, 8192);
    locking(() -> device.lockShared(0, 4096)).get(30, TimeUnit.SECONDS);
    locking(() -> device.lock(8192, 8193)).get(30, TimeUnit.SECONDS);
    device.locks.release(changing);
  }

  private interface Locking {
    RangeLocks.RangeLock lock();
  }

  /**
   * Acquires and releases a lock on another thread; returns when that thread waits or has ended.
   */
  private FutureTask<Void> locking(Locking locking) {
    FutureTask<Void> task = new FutureTask<>(() -> device.locks.release(locking.lock()), null);
    Thread thread = new Thread(task, "locking");
    thread.setDaemon(true);
    thread.start();
    while (thread.getState() != Thread.State.WAITING
        && thread.getState() != Thread.State.TERMINATED) {
      Thread.onSpinWait();
    }
    return task;
  }
}
