package org.nbdcore.filter.blocksize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nbdcore.filter.common.Chains.bytes;
import static org.nbdcore.filter.common.Chains.read;
import static org.nbdcore.filter.common.Chains.write;
import static org.nbdcore.filter.common.TestThreads.await;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.filter.common.RandomOperations;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.Flags;

@Tag("stress")
@Timeout(60)
final class BlocksizeParallelTest {

  private final ModelDisk disk =
      new ModelDisk(1 << 20).withBlockSizes(512, 4096, BlockSizes.UNLIMITED);
  private final Filter filter = Chains.filter(new BlocksizeFilterProvider(), "minblock=4K");
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void stopThreads() {
    threads.shutdownNow();
  }

  @Test
  void concurrentWritesToOneBlockAreBothKept() throws Exception {
    BlockDevice one = Chains.open(filter, disk);
    BlockDevice two = Chains.open(filter, disk);
    CountDownLatch secondStarted = new CountDownLatch(1);
    CountDownLatch firstHasRead = new CountDownLatch(1);
    disk.hook =
        (operation, offset, length, flags) -> {
          if (operation.equals("write") && firstHasRead.getCount() > 0) {
            firstHasRead.countDown();
            await(secondStarted); // the second now waits for the block, or has read it too early
            awaitBlockedThread();
          }
        };
    Future<?> first = threads.submit(io(() -> write(one, 0, bytes(1, 100), Flags.NONE)));
    await(firstHasRead);
    Future<?> second =
        threads.submit(
            io(
                () -> {
                  secondThread = Thread.currentThread();
                  secondStarted.countDown();
                  write(two, 100, bytes(2, 100), Flags.NONE);
                }));
    first.get(30, TimeUnit.SECONDS);
    second.get(30, TimeUnit.SECONDS);
    assertThat(read(one, 0, 200)).startsWith(bytes(1, 100)).endsWith(bytes(2, 100));
  }

  private volatile Thread secondThread;

  @Test
  void anAlignedWriteIsNotUndoneByAnUnalignedOneInProgress() throws Exception {
    BlockDevice one = Chains.open(filter, disk);
    CountDownLatch hasRead = new CountDownLatch(1);
    CountDownLatch secondStarted = new CountDownLatch(1);
    disk.hook =
        (operation, offset, length, flags) -> {
          if (operation.equals("write") && hasRead.getCount() > 0) {
            hasRead.countDown();
            await(secondStarted);
            awaitBlockedThread();
          }
        };
    Future<?> unaligned = threads.submit(io(() -> write(one, 0, bytes(1, 100), Flags.NONE)));
    await(hasRead);
    Future<?> aligned =
        threads.submit(
            io(
                () -> {
                  secondThread = Thread.currentThread();
                  secondStarted.countDown();
                  write(one, 0, bytes(2, 4096), Flags.NONE);
                }));
    unaligned.get(30, TimeUnit.SECONDS);
    aligned.get(30, TimeUnit.SECONDS);
    assertThat(read(one, 100, 3996)).containsOnly(2);
  }

  @Test
  void unalignedWritesToOtherBlocksDoNotWait() throws Exception {
    BlockDevice device = Chains.open(filter, disk);
    CountDownLatch blocked = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    disk.hook =
        (operation, offset, length, flags) -> {
          if (operation.equals("write") && offset == 0) {
            blocked.countDown();
            await(release);
          }
        };
    Future<?> blockedWrite = threads.submit(io(() -> write(device, 1, bytes(1, 5), Flags.NONE)));
    await(blocked);
    write(device, 4097, bytes(2, 5), Flags.NONE);
    write(device, 8192, bytes(2, 4096), Flags.NONE);
    release.countDown();
    blockedWrite.get(30, TimeUnit.SECONDS);
    assertThat(read(device, 4097, 5)).containsOnly(2);
  }

  @Test
  void eightThreadsInNeighbouringRegionsAgreeWithTheModel() throws Exception {
    long seed = new Random().nextLong();
    List<Future<?>> running = new ArrayList<>();
    int region = 10_007; // borders fall into the middle of blocks
    for (int i = 0; i < 8; i++) {
      int from = i * region;
      BlockDevice device = Chains.open(filter, disk);
      RandomOperations operations =
          new RandomOperations(device, seed + i, from, from + region, 9000);
      running.add(threads.submit(io(() -> operations.run(500))));
    }
    for (Future<?> future : running) {
      assertThat(future).as("seed " + seed).succeedsWithin(4, TimeUnit.MINUTES);
    }
  }

  @Test
  void oneThreadAgreesWithTheModelForManySizes() throws IOException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 20; i++) {
      int minimum = 1 << random.nextInt(10);
      int block = minimum << random.nextInt(5);
      ModelDisk model = new ModelDisk(300_000 + random.nextInt(600) / minimum * minimum);
      long maximum = random.nextBoolean() ? BlockSizes.UNLIMITED : block * (1L + random.nextInt(9));
      model.withBlockSizes(minimum, 65536, maximum);
      String[] pairs = {
        "minblock=" + block,
        "maxdata=" + block * (1 + random.nextInt(30)),
        "maxlen=" + block * (1 + random.nextInt(40))
      };
      BlockDevice device = Chains.open(new BlocksizeFilterProvider(), model, pairs);
      try {
        int size = (int) device.size();
        new RandomOperations(device, seed + i, 0, size, size / 2).run(120);
      } catch (AssertionError e) {
        throw new AssertionError("seed " + seed + ", round " + i, e);
      }
    }
  }

  private void awaitBlockedThread() {
    // The second thread waits for the lock. Without the lock it would finish, and the time ends.
    Thread thread = secondThread;
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (thread.getState() != Thread.State.WAITING && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }

  private interface Io {
    void run() throws IOException;
  }

  private static Callable<Void> io(Io body) {
    return () -> {
      body.run();
      return null;
    };
  }
}
