package org.nbdcore.filter.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nbdcore.filter.common.Chains.bytes;
import static org.nbdcore.filter.common.Chains.write;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nbdcore.filter.common.FileSwitch;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.filter.common.SlotFile;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.helpers.BufferPool;

/** The limit on the size of the cache. */
@Timeout(60)
final class CacheLimitTest {

  private static final int BLOCK = 4096;
  private static final int THREADS = 8;
  private static final long LIMIT = 40;

  private final ModelDisk disk = new ModelDisk(400 * BLOCK);

  /** Each thread may exceed the limit by one block. */
  @Test
  void cacheOfEightThreadsStaysWithinTheLimit() throws Exception {
    AtomicLong largest = new AtomicLong();
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    BufferPool pool = new BufferPool(BLOCK, 2);
    try (SlotFile file = BlockCache.file(BLOCK)) {
      BlockCache cache = new BlockCache(disk.bytes.length, BLOCK, pool, file, LIMIT, LIMIT / 2);
      BlockDevice device =
          new CacheDevice(
              disk.open(OpenRequest.detached("", false)),
              cache,
              CacheMode.WRITEBACK,
              FileSwitch.parameter("cache-on-read", "").parse("false"),
              new CacheCounters(),
              Session.DETACHED,
              () -> {});
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        int first = i;
        running.add(
            threads.submit(
                () -> {
                  for (int block = first; block < 400; block += THREADS) {
                    if (block % 3 == 0) {
                      device.cache((long) block * BLOCK, BLOCK);
                    } else {
                      write(device, (long) block * BLOCK, bytes(block, 100), Flags.NONE);
                    }
                    largest.accumulateAndGet(cache.used(), Math::max);
                  }
                  return null;
                }));
      }
      for (Future<?> future : running) {
        future.get(30, TimeUnit.SECONDS);
      }
      device.close();
    } finally {
      threads.shutdown();
    }
    assertThat(largest.get()).as("blocks kept").isBetween(LIMIT, LIMIT + THREADS);
    assertThat(disk.breaches).isEmpty();
  }
}
