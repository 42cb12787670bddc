package org.nbdcore.vmdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class GrainCacheTest {

  private static final int GRAIN = 4096;

  private final VmdkCounters counters = new VmdkCounters();
  private final GrainCache cache = new GrainCache(2 * GRAIN, counters); // two slots
  private final Numbered loader = new Numbered();

  /** Grains that hold their number in each byte. */
  private static final class Numbered implements GrainCache.Loader {
    private final AtomicInteger loads = new AtomicInteger();
    private final Set<DirectMemory> memories = new HashSet<>();
    private volatile IOException failure;

    @Override
    public long grainBytes() {
      return GRAIN;
    }

    @Override
    public int storedBytes(long grain) {
      return GRAIN;
    }

    @Override
    public void load(long grain, long located, DirectMemory out) throws IOException {
      loads.incrementAndGet();
      synchronized (memories) {
        memories.add(out);
      }
      if (failure != null) {
        throw failure;
      }
      for (int i = 0; i < GRAIN; i++) {
        out.bytes().put(i, (byte) grain);
      }
    }
  }

  private byte read(long grain) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(10);
    cache.read(loader, grain, 1, 7, buffer, 10);
    assertThat(buffer.hasRemaining()).isFalse();
    return buffer.get(9);
  }

  @Test
  void cachedGrainIsNotLoadedAgain() throws IOException {
    assertThat(read(5)).isEqualTo((byte) 5);
    assertThat(read(5)).isEqualTo((byte) 5);
    assertThat(loader.loads).hasValue(1);
    ByteBuffer buffer = ByteBuffer.allocate(GRAIN);
    assertThat(cache.readIfPresent(loader, 5, buffer, GRAIN)).isTrue();
    assertThat(buffer.hasRemaining()).isFalse();
    assertThat(cache.readIfPresent(loader, 7, buffer.clear(), GRAIN)).isFalse();
    assertThat(buffer.position()).isZero();
    assertThat(counters.grainHits()).isEqualTo(2);
    assertThat(counters.grainMisses()).isEqualTo(2);
  }

  @Test
  void memoryOfAReplacedGrainIsReused() throws IOException {
    for (long grain = 0; grain < 100; grain++) {
      assertThat(read(grain)).isEqualTo((byte) grain);
    }
    assertThat(loader.memories).hasSize(2);
  }

  @Test
  void grainsOfDifferentExtentsAreDistinct() throws IOException {
    read(0);
    Numbered other = new Numbered();
    ByteBuffer buffer = ByteBuffer.allocate(GRAIN);
    assertThat(cache.readIfPresent(other, 0, buffer, GRAIN)).isFalse();
  }

  @Test
  void grainThatFailedToLoadIsNotCached() throws IOException {
    read(0);
    loader.failure = new IOException("damaged");
    assertThatThrownBy(() -> read(2)).hasMessage("damaged");
    assertThatThrownBy(() -> read(2)).hasMessage("damaged");
    loader.failure = null;
    assertThat(read(0)).isZero();
    assertThat(read(2)).isEqualTo((byte) 2);
  }

  @Test
  void concurrentReadsOfOneGrainLoadItOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    CountDownLatch together = new CountDownLatch(4);
    try {
      List<Future<Byte>> all = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        all.add(
            threads.submit(
                () -> {
                  together.countDown();
                  together.await();
                  return read(3);
                }));
      }
      for (Future<Byte> one : all) {
        assertThat(one.get()).isEqualTo((byte) 3);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(loader.loads).hasValue(1);
  }

  @Test
  void concurrentReadsReturnTheRequestedGrains() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        long seed = i;
        all.add(
            threads.submit(
                () -> {
                  Random random = new Random(seed);
                  for (int round = 0; round < 5_000; round++) {
                    byte grain = (byte) random.nextInt(6);
                    assertThat(read(grain)).as("seed %d", seed).isEqualTo(grain);
                  }
                  return null;
                }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
