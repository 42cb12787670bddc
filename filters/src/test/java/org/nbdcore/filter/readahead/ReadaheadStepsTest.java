package org.nbdcore.filter.readahead;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nbdcore.filter.common.Chains.read;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.helpers.PerExport;

/** Which chunks stay in memory and which are evicted, step by step on one thread. */
final class ReadaheadStepsTest {

  private static final int CHUNK = 4096;
  private static final int SIZE = 64 * CHUNK;
  private static final int COUNT = 3;

  private final ModelDisk disk = new ModelDisk(SIZE).fill(1);
  private final ReadaheadMemory memory = new ReadaheadMemory(CHUNK, COUNT);
  private final PerExport<ReadaheadCache> caches = new PerExport<>();
  private final ReadaheadCache cache =
      new ReadaheadCache(memory, new ReadaheadCounters(), CHUNK, SIZE);

  @AfterEach
  void assertNoBreaches() {
    assertThat(disk.breaches).isEmpty();
  }

  private BlockDevice open(Executor threads) throws IOException {
    return new ReadaheadDevice(
        disk.open(OpenRequest.detached("", false)),
        "",
        caches.acquire("", () -> cache),
        caches,
        memory,
        threads);
  }

  /** Plans for the second of two reads that begin at {@code from}. */
  private List<ReadaheadChunk> plan(ReadaheadCache target, long from) {
    target.plan(from, 512);
    return target.plan(from + 512, 512);
  }

  private static void load(ReadaheadCache target, List<ReadaheadChunk> chunks) {
    for (ReadaheadChunk chunk : chunks) {
      assertThat(target.beginLoading(chunk)).isTrue();
      target.loaded(chunk, true);
    }
  }

  private List<ByteBuffer> free() {
    List<ByteBuffer> free = new ArrayList<>();
    for (ByteBuffer buffer = memory.tryAcquire(CHUNK);
        buffer != null && free.size() <= COUNT;
        buffer = memory.tryAcquire(CHUNK)) {
      free.add(buffer);
    }
    free.forEach(memory::release);
    return free;
  }

  @Test
  void mostRecentlyUsedChunkIsKept() {
    List<ReadaheadChunk> chunks = plan(cache, 0);
    load(cache, chunks);
    memory.tick();
    cache.unpin(cache.pin(chunks.get(0).start), 1);
    assertThat(plan(cache, 32 * CHUNK)).as("one of them replaces another").hasSize(2);
    assertThat(cache.holds(chunks.get(0).start, 1)).as("most recently used").isTrue();
    assertThat(cache.holds(chunks.get(1).start, 1)).as("least recently used").isFalse();
  }

  @Test
  void pinnedChunksAreNotEvicted() {
    List<ReadaheadChunk> chunks = plan(cache, 0);
    load(cache, chunks);
    ReadaheadChunk first = cache.pin(chunks.get(0).start);
    ReadaheadChunk second = cache.pin(chunks.get(1).start);
    assertThat(plan(cache, 32 * CHUNK)).hasSize(1);
    assertThat(cache.starved()).isTrue();
    cache.unpin(first, 1);
    cache.unpin(second, 1);
    assertThat(cache.holds(chunks.get(0).start, 1)).isTrue();
    assertThat(cache.holds(chunks.get(1).start, 1)).isTrue();
  }

  @Test
  void chunkNeededNowIsNotEvictedForALaterOne() {
    for (int others = 0; others < COUNT - 1; others++) {
      assertThat(memory.tryAcquire(CHUNK)).isNotNull();
    }
    List<ReadaheadChunk> chunks = plan(cache, 0);
    assertThat(chunks).hasSize(1);
    load(cache, chunks);
    assertThat(cache.plan(1024, 512)).isEmpty();
    assertThat(cache.starved()).isTrue();
    assertThat(cache.holds(chunks.get(0).start, 1)).isTrue();
  }

  @Test
  void completelyServedChunkIsReleased() {
    ReadaheadChunk chunk = plan(cache, 0).get(0);
    load(cache, List.of(chunk));
    cache.unpin(cache.pin(chunk.start), CHUNK - 1);
    assertThat(cache.holds(chunk.start, 1)).isTrue();
    cache.unpin(cache.pin(chunk.start), 1);
    assertThat(cache.holds(chunk.start, 1)).isFalse();
  }

  @Test
  void invalidationCoversAllChunksOfTheRange() {
    List<ReadaheadChunk> chunks = plan(cache, 0);
    load(cache, chunks);
    cache.invalidate(chunks.get(0).end() - 1, 2);
    assertThat(cache.holds(0, SIZE)).isFalse();
    assertThat(free()).hasSize(COUNT);
  }

  @Test
  void theLastChunkEndsWithTheDisk() {
    ReadaheadCache odd =
        new ReadaheadCache(memory, new ReadaheadCounters(), CHUNK, 2 * CHUNK + 512);
    List<ReadaheadChunk> chunks = plan(odd, 0);
    assertThat(chunks).hasSize(2);
    assertThat(chunks.get(1).end()).isEqualTo(2 * CHUNK + 512);
    assertThat(odd.plan(1024, 512)).isEmpty();
  }

  @Test
  void memoryOfAnIdleExportIsTakenAfterEnoughRequests() {
    ReadaheadCache other = new ReadaheadCache(memory, new ReadaheadCounters(), CHUNK, SIZE);
    List<ReadaheadChunk> chunks = plan(other, 0);
    load(other, chunks);
    while (memory.now() <= chunks.get(0).lastUsed + COUNT) {
      memory.share(List.of(cache, other), cache);
      assertThat(other.holds(chunks.get(0).start, 1)).as("at %d", memory.now()).isTrue();
      memory.tick();
    }
    memory.share(List.of(cache, other), other);
    assertThat(other.holds(chunks.get(0).start, 1)).as("for its own export").isTrue();
    memory.share(List.of(cache, other), cache);
    assertThat(other.holds(chunks.get(0).start, 1)).isFalse();
    assertThat(other.holds(chunks.get(1).start, 1)).as("used later").isTrue();
  }

  @Test
  void lastClientOfAnExportReleasesItsMemory() throws Exception {
    BlockDevice first = open(Runnable::run);
    BlockDevice second = open(Runnable::run);
    read(first, 0, 512);
    read(first, 512, 512);
    assertThat(read(second, CHUNK, 512))
        .isEqualTo(Arrays.copyOfRange(disk.bytes, CHUNK, CHUNK + 512));
    first.close();
    assertThat(free()).hasSizeLessThan(COUNT);
    second.close();
    assertThat(free()).hasSize(COUNT);
    assertThat(disk.open.get()).isZero();
  }

  @Test
  void plannedPrefetchesOfAClosedConnectionAreDropped() throws Exception {
    Queue<Runnable> tasks = new ArrayDeque<>();
    BlockDevice leaving = open(tasks::add);
    BlockDevice staying = open(tasks::add);
    read(leaving, 0, 512);
    read(leaving, 512, 512);
    assertThat(tasks).isNotEmpty();
    leaving.close();
    disk.drainCalls();
    tasks.forEach(Runnable::run);
    assertThat(disk.drainCalls()).isEmpty();
    assertThat(free()).hasSize(COUNT);
    staying.close();
  }

  @Test
  void readsSucceedIfPrefetchesAreRejected() throws Exception {
    try (BlockDevice device =
        open(
            task -> {
              throw new RejectedExecutionException("planted");
            })) {
      for (int at = 0; at < 3 * CHUNK; at += 512) {
        assertThat(read(device, at, 512)).isEqualTo(Arrays.copyOfRange(disk.bytes, at, at + 512));
        assertThat(free()).hasSize(COUNT);
      }
    }
  }
}
