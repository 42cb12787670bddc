package org.nbdcore.filter.readahead;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nbdcore.filter.common.Chains.bytes;
import static org.nbdcore.filter.common.Chains.read;
import static org.nbdcore.filter.common.Chains.write;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.helpers.PerExport;

/** When the memory of a chunk may be reused. All steps run on one thread. */
final class ReadaheadCacheTest {

  private static final int CHUNK = 4096;
  private static final int SIZE = 16 * CHUNK;

  private final ReadaheadMemory memory = new ReadaheadMemory(CHUNK, 2);
  private final PerExport<ReadaheadCache> caches = new PerExport<>();
  private final ReadaheadCache cache;

  ReadaheadCacheTest() throws IOException {
    cache =
        caches.acquire("", () -> new ReadaheadCache(memory, new ReadaheadCounters(), CHUNK, SIZE));
  }

  /** The first of two chunks to prefetch, which occupy all of the memory. */
  private ReadaheadChunk planned() {
    cache.plan(0, 512);
    ReadaheadChunk chunk = cache.plan(512, 512).get(0);
    assertThat(memory.tryAcquire(CHUNK)).isNull();
    return chunk;
  }

  @Test
  void memoryOfAnInvalidatedChunkIsKeptWhileItIsLoaded() {
    ReadaheadChunk chunk = planned();
    assertThat(cache.beginLoading(chunk)).isTrue();
    cache.invalidate(chunk.start, 1);
    assertThat(memory.tryAcquire(CHUNK)).as("memory that is being filled").isNull();
    cache.loaded(chunk, true);
    assertThat(memory.tryAcquire(CHUNK)).isSameAs(chunk.buffer);
    assertThat(memory.tryAcquire(CHUNK)).isNull();
  }

  @Test
  void memoryIsKeptWhileTheChunkIsPinned() {
    ReadaheadChunk chunk = planned();
    cache.beginLoading(chunk);
    cache.loaded(chunk, true);
    assertThat(cache.pin(chunk.start)).isSameAs(chunk);
    assertThat(cache.pin(chunk.start)).isSameAs(chunk);
    cache.invalidate(chunk.start, 1);
    assertThat(memory.tryAcquire(CHUNK)).as("memory that two read").isNull();
    cache.unpin(chunk, 1);
    assertThat(memory.tryAcquire(CHUNK)).as("memory that one reads").isNull();
    cache.unpin(chunk, 1);
    assertThat(memory.tryAcquire(CHUNK)).isSameAs(chunk.buffer);
    assertThat(memory.tryAcquire(CHUNK)).isNull();
  }

  @Test
  void failedWriteInvalidatesPrefetchedData() throws IOException {
    ReadaheadMemory largeMemory =
        new ReadaheadMemory(CHUNK, 8); // no chunk is evicted for another one
    ReadaheadCache largeCache =
        new ReadaheadCache(largeMemory, new ReadaheadCounters(), CHUNK, SIZE);
    caches.release("");
    caches.acquire("", () -> largeCache);
    ModelDisk disk = new ModelDisk(SIZE).fill(1);
    BlockDevice below = disk.open(OpenRequest.detached("", false));
    try (BlockDevice device =
        new ReadaheadDevice(below, "", largeCache, caches, largeMemory, Runnable::run)) {
      read(device, 0, 512);
      read(device, 512, 512);
      assertThat(disk.drainCalls()).contains("read " + CHUNK + "+" + CHUNK);
      disk.afterwards =
          (operation, offset, length, flags) -> {
            if (operation.equals("write")) {
              throw new IOException("planted when all was written");
            }
          };
      assertThatThrownBy(() -> write(device, CHUNK, bytes(9, 512), Flags.NONE))
          .hasMessageContaining("planted");
      assertThat(read(device, CHUNK, 512)).containsOnly(9);
    }
  }
}
