package org.nbdcore.filter.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.nbdcore.filter.common.LongMap;
import org.nbdcore.filter.common.SlotFile;
import org.nbdcore.spi.helpers.BufferPool;

final class BlockCacheTest {

  private static final int BLOCK = 4096;

  @Test
  void dirtyBlocksAreFoundOnlyWithinTheRange() throws IOException {
    try (SlotFile file = BlockCache.file(BLOCK)) {
      BufferPool pool = new BufferPool(BLOCK, 1);
      BlockCache cache = new BlockCache(64 * BLOCK, BLOCK, pool, file, 64, 32);
      for (int block = 0; block < 16; block++) {
        cache.add(block, ByteBuffer.allocate(BLOCK), block == 12);
      }
      assertThat(cache.nextDirty(0, 12)).isEqualTo(LongMap.NONE);
      assertThat(cache.nextDirty(0, 13)).isEqualTo(12);
      assertThat(cache.nextDirty(12, 64)).isEqualTo(12);
      assertThat(cache.nextDirty(13, 64)).isEqualTo(LongMap.NONE);
      assertThat(cache.nextDirty(20, 64)).isEqualTo(LongMap.NONE);
    }
  }
}
