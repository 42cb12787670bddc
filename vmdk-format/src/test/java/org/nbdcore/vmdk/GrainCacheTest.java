package org.nbdcore.vmdk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class GrainCacheTest {

  private static final int GRAIN = 4096;

  private final GrainCache cache = new GrainCache(2 * GRAIN); // two slots

  private void store(long grain, byte[] data) {
    cache.put(null, grain, GRAIN, data).release();
  }

  @Test
  void theMemoryOfAReplacedGrainHoldsTheNext() {
    byte[] first = cache.memory(GRAIN);
    store(0, first);
    store(2, cache.memory(GRAIN));
    assertThat(cache.get(null, 0, GRAIN)).isNull();
    assertThat(cache.memory(GRAIN)).isSameAs(first);
    assertThat(cache.memory(GRAIN)).isNotSameAs(first);
  }

  @Test
  void theMemoryOfAGrainThatIsReadIsLeftAlone() {
    byte[] first = cache.memory(GRAIN);
    store(0, first);
    GrainCache.Entry read = cache.get(null, 0, GRAIN);
    store(2, cache.memory(GRAIN));
    assertThat(read.data()).isSameAs(first);
    assertThat(cache.memory(GRAIN)).isNotSameAs(first);
    read.release();
  }

  @Test
  void memoryHasTheLengthThatIsAskedFor() {
    store(0, cache.memory(GRAIN));
    store(2, cache.memory(GRAIN));
    assertThat(cache.memory(100)).hasSize(100);
  }

  @Test
  void manyThreadsReadTheBytesOfTheirGrain() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        long seed = i;
        all.add(threads.submit(() -> readRandomly(new Random(seed))));
      }
      for (Future<?> one : all) {
        one.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private void readRandomly(Random random) {
    for (int i = 0; i < 20_000; i++) {
      byte grain = (byte) random.nextInt(6);
      GrainCache.Entry entry = cache.get(null, grain, GRAIN);
      if (entry == null) {
        byte[] data = cache.memory(GRAIN);
        Arrays.fill(data, grain);
        entry = cache.put(null, grain, GRAIN, data);
      }
      assertThat(entry.data()[0]).isEqualTo(grain);
      assertThat(entry.data()[GRAIN - 1]).isEqualTo(grain);
      entry.release();
    }
  }
}
