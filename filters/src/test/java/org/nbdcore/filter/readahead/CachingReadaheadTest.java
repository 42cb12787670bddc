package org.nbdcore.filter.readahead;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nbdcore.filter.common.Chains.read;
import static org.nbdcore.filter.common.TestThreads.await;
import static org.nbdcore.filter.common.TestThreads.awaitWaitingOrEnd;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.filter.common.TestThreads;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.OpenRequest;

/** The cache requests that the filter sends to the layer below. */
@Timeout(120)
final class CachingReadaheadTest {

  private static final int REQUEST = 64 << 10;
  private static final int SIZE = (4 << 20) + 512;

  private final ModelDisk disk = new ModelDisk(SIZE + 100).withBlockSizes(512, 4096, 1 << 20);

  @AfterEach
  void assertNoBreaches() {
    assertThat(disk.breaches).isEmpty();
  }

  private BlockDevice open(Executor threads) throws IOException {
    BlockDevice below = disk.open(OpenRequest.detached("", false));
    return new CachingReadaheadDevice(below, disk.bytes.length, threads, new ReadaheadCounters());
  }

  private int cacheRequests() {
    int count = 0;
    for (String call : disk.drainCalls()) {
      count += call.startsWith("cache") ? 1 : 0;
    }
    return count;
  }

  @Test
  void eachByteIsCachedOnceUpToTheLastFullBlock() throws IOException {
    try (BlockDevice device = open(Runnable::run)) {
      for (int at = 0; at + REQUEST <= SIZE; at += REQUEST) {
        read(device, at, REQUEST);
      }
    }
    long expected = 2 * REQUEST; // two reads show that the client reads in order
    for (String call : disk.drainCalls()) {
      if (call.startsWith("cache")) {
        int plus = call.indexOf('+');
        assertThat(Long.parseLong(call.substring(6, plus))).as(call).isEqualTo(expected);
        expected += Long.parseLong(call.substring(plus + 1));
      }
    }
    assertThat(expected).isEqualTo(SIZE);
  }

  @Test
  void onlyOneCacheRequestIsInProgress() throws IOException {
    Queue<Runnable> tasks = new ArrayDeque<>();
    try (BlockDevice device = open(tasks::add)) {
      for (int at = 0; at < SIZE / 2; at += REQUEST) {
        read(device, at, REQUEST);
      }
      assertThat(tasks).hasSize(1);
      tasks.remove().run();
      read(device, SIZE / 2 / REQUEST * REQUEST + REQUEST, REQUEST);
      assertThat(tasks).hasSize(1);
      tasks.remove().run();
    }
  }

  @Test
  void cacheRequestsContinueAfterAFailure() throws IOException {
    AtomicInteger calls = new AtomicInteger();
    disk.hook =
        (operation, offset, length, flags) -> {
          if (operation.equals("cache") && calls.getAndIncrement() == 0) {
            throw new IOException("planted");
          }
        };
    AtomicInteger tasks = new AtomicInteger();
    Executor second =
        task -> {
          if (tasks.getAndIncrement() == 1) {
            throw new RejectedExecutionException("planted");
          }
          task.run();
        };
    try (BlockDevice device = open(second)) {
      for (int at = 0; at < SIZE / 2; at += REQUEST) {
        read(device, at, REQUEST);
      }
      assertThat(tasks.get()).isGreaterThan(2);
      assertThat(cacheRequests()).isEqualTo(tasks.get() - 1);
    }
  }

  @Test
  void closeWaitsForACacheRequest() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch caching = new CountDownLatch(1);
    disk.hook =
        (operation, offset, length, flags) -> {
          if (operation.equals("cache")) {
            caching.countDown();
            await(go);
          }
        };
    BlockDevice device = open(TestThreads::start);
    read(device, 0, REQUEST);
    read(device, REQUEST, REQUEST);
    await(caching);
    FutureTask<Void> closing =
        new FutureTask<>(
            () -> {
              device.close();
              return null;
            });
    awaitWaitingOrEnd(TestThreads.start(closing));
    assertThat(disk.open.get()).as("devices that were not closed").isEqualTo(1);
    go.countDown();
    closing.get(60, TimeUnit.SECONDS);
    assertThat(disk.open.get()).isZero();
  }
}
