package org.nbdcore.plugin.synthetic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DataRunsTest {

  private static final long SIZE = 8L << 30;
  private static final long BLOCKS = SIZE / DataRuns.BLOCK;

  private static long dataBlocks(DataRuns runs, long blocks) {
    long data = 0;
    for (long block = 0; block < blocks; block++) {
      data += runs.data(block) ? 1 : 0;
    }
    return data;
  }

  private static long numberOfRuns(DataRuns runs) {
    long count = 0;
    for (long block = 0; block < BLOCKS; block = runs.next(block)) {
      count += runs.data(block) ? 1 : 0;
    }
    return count;
  }

  @ParameterizedTest(name = "{0} percent in runs of {1}")
  @CsvSource({
    "10, 16777216",
    "10, 65536",
    "5.5, 100000",
    "50, 1048576",
    "90, 1048576",
    "1, 4096",
    "30, 1",
    "99.5, 16777216",
    "0, 16777216",
    "100, 16777216",
  })
  void shareOfDataMatchesPercent(double percent, long runLength) {
    double share =
        100.0
            * dataBlocks(new DataRuns(SIZE, 1, DataRuns.BLOCK, percent, runLength), BLOCKS)
            / BLOCKS;
    // A disk has only a few long runs, so their share varies more.
    assertThat(share).isCloseTo(percent, within(percent == 0 || percent == 100 ? 0 : 2.5));
  }

  @ParameterizedTest(name = "runs of {0}")
  @CsvSource({"65536", "1048576", "8388608"})
  void averageRunMatchesRunlength(long runLength) {
    DataRuns runs = new DataRuns(SIZE, 3, DataRuns.BLOCK, 10, runLength);
    long average = dataBlocks(runs, BLOCKS) * DataRuns.BLOCK / numberOfRuns(runs);
    assertThat((double) average / runLength).isBetween(0.8, 1.25);
  }

  @Test
  void smallDiskHasDataToo() {
    DataRuns runs = new DataRuns(10 << 20, 1, DataRuns.BLOCK, 10, 16 << 20);
    assertThat(dataBlocks(runs, 2560)).isBetween(64L, 512L);
  }

  @Test
  void blocksBeforeNextHaveTheSameKind() {
    DataRuns runs = new DataRuns(SIZE, 5, DataRuns.BLOCK, 30, 100 << 10);
    for (long block = 0; block < 10_000; ) {
      long next = runs.next(block);
      assertThat(next).isGreaterThan(block);
      for (long between = block; between < next; between++) {
        assertThat(runs.data(between)).as("block %d", between).isEqualTo(runs.data(block));
      }
      block = next;
    }
  }

  @Test
  void runsCoverTheLargestDisk() {
    long last = Long.MAX_VALUE / DataRuns.BLOCK;
    DataRuns runs = new DataRuns(Long.MAX_VALUE, 1, DataRuns.BLOCK, 10, Long.MAX_VALUE);
    long runsSeen = 0;
    for (long block = 0; block <= last; block = runs.next(block)) {
      runsSeen++;
    }
    assertThat(runsSeen).isBetween(4L, 20L);
    assertThat(new DataRuns(Long.MAX_VALUE, 1, DataRuns.BLOCK, 10, 1 << 20).next(last))
        .isEqualTo(last + 1);
  }
}
