package org.nbdcore.plugin.vddk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.jna.Memory;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Extents;

/** Converts VDDK's block lists to runs, and reports them as extents. */
class BlockRunsTest {

  private static final int SECTORS = 1000;
  private static final long START = 70_000;

  @Test
  void extentsOfAnyRangeMatchTheAllocatedBlocks() throws Exception {
    for (long seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      boolean[] allocated = new boolean[SECTORS];
      BlockRuns runs = BlockRuns.of(list(random, allocated), START, SECTORS);
      int from = random.nextInt(SECTORS);
      int to = from + 1 + random.nextInt(SECTORS - from);
      Extents extents =
          new Extents(VddkSectors.toBytes(START + from), VddkSectors.toBytes(to - from), SECTORS);
      runs.report(START, from, to, ExtentSink.HOLE, extents);
      int at = from;
      for (int i = 0; i < extents.size(); i++) {
        for (long end = at + VddkSectors.of(extents.length(i)); at < end; at++) {
          assertThat(extents.type(i) == ExtentSink.DATA)
              .as("sector %d of %d-%d, seed %d", at, from, to, seed)
              .isEqualTo(allocated[at]);
        }
      }
      assertThat(at).as("end, seed %d", seed).isEqualTo(to);
    }
  }

  /** Ascending blocks that may touch, and may stick out of the range at both ends. */
  private static BlockList list(Random random, boolean[] allocated) throws Exception {
    int count = random.nextInt(30);
    Memory memory = new Memory(BlockList.BLOCKS + (count + 1L) * BlockList.BLOCK_SIZE);
    memory.clear();
    memory.setInt(BlockList.NUM_BLOCKS, count);
    long at = START - 20;
    for (int i = 0; i < count; i++) {
      at += random.nextInt(3) * random.nextInt(40);
      long length = 1 + random.nextInt(60);
      memory.setLong(BlockList.BLOCKS + (long) i * BlockList.BLOCK_SIZE, at);
      memory.setLong(BlockList.BLOCKS + (long) i * BlockList.BLOCK_SIZE + 8, length);
      for (long sector = at; sector < at + length; sector++) {
        if (sector >= START && sector < START + SECTORS) {
          allocated[(int) (sector - START)] = true;
        }
      }
      at += length;
    }
    return BlockList.read(memory);
  }

  /** Clients do not copy holes, so a block that VDDK reports as allocated must not become one. */
  @Test
  void unsortedBlocksAreReportedAsData() throws Exception {
    Memory memory = new Memory(BlockList.BLOCKS + 2L * BlockList.BLOCK_SIZE);
    memory.setInt(BlockList.NUM_BLOCKS, 2);
    memory.setLong(BlockList.BLOCKS, START + 500);
    memory.setLong(BlockList.BLOCKS + 8, 10);
    memory.setLong(BlockList.BLOCKS + BlockList.BLOCK_SIZE, START + 100);
    memory.setLong(BlockList.BLOCKS + BlockList.BLOCK_SIZE + 8, 10);
    BlockRuns runs = BlockRuns.of(BlockList.read(memory), START, SECTORS);
    for (int sector : new int[] {100, 109, 500, 509}) {
      Extents one = new Extents(VddkSectors.toBytes(START + sector), VddkSectors.SIZE, 1);
      runs.report(START, sector, sector + 1, ExtentSink.HOLE, one);
      assertThat(one.type(0)).as("sector %d", sector).isEqualTo(ExtentSink.DATA);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "70100, 9223372036854775807", // the end is beyond what a long holds
    "-1, 10",
    "70100, -5",
    "9223372036854775807, 1"
  })
  void blocksOutsideTheDiskMakeTheQueriedRangeData(long offset, long length) throws Exception {
    Memory memory = new Memory(BlockList.BLOCKS + BlockList.BLOCK_SIZE);
    memory.setInt(BlockList.NUM_BLOCKS, 1);
    memory.setLong(BlockList.BLOCKS, offset);
    memory.setLong(BlockList.BLOCKS + 8, length);
    BlockRuns runs = BlockRuns.of(BlockList.read(memory), START, SECTORS);
    Extents all = new Extents(VddkSectors.toBytes(START), VddkSectors.toBytes(SECTORS), 9);
    runs.report(START, 0, SECTORS, ExtentSink.HOLE, all);
    assertThat(all.size()).isEqualTo(1);
    assertThat(all.type(0)).isEqualTo(ExtentSink.DATA);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, Integer.MAX_VALUE, 512 * 1024 + 1})
  void blockListLongerThanTheQueriedChunksIsRefused(int count) {
    Memory memory = new Memory(BlockList.BLOCKS);
    memory.setInt(BlockList.NUM_BLOCKS, count);
    assertThatThrownBy(() -> BlockList.read(memory))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(Integer.toUnsignedString(count) + " allocated blocks");
  }

  @Test
  void aFullSinkEndsTheReport() throws Exception {
    BlockRuns runs = BlockRuns.of(list(new Random(1), new boolean[SECTORS]), START, SECTORS);
    Extents one = new Extents(VddkSectors.toBytes(START), VddkSectors.toBytes(SECTORS), 1);
    assertThat(runs.report(START, 0, SECTORS, ExtentSink.HOLE, one)).isFalse();
    assertThat(one.size()).isEqualTo(1);
  }
}
