package org.nbdcore.filter.readahead;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class SequentialReadersTest {

  private final SequentialReaders streams = new SequentialReaders(1000, 8000);

  @Test
  void secondSequentialRequestOpensAGrowingWindow() {
    assertThat(streams.record(0, 100).window()).isZero();
    assertThat(streams.record(100, 100).window()).isEqualTo(2000);
    assertThat(streams.record(200, 100).window()).isEqualTo(4000);
    assertThat(streams.record(300, 100).window()).isEqualTo(8000);
    assertThat(streams.record(400, 100).window()).isEqualTo(8000);
  }

  @Test
  void severalStreamsAreTracked() {
    for (int step = 0; step < 4; step++) {
      for (int stream = 0; stream < 10; stream++) {
        long window = streams.record(stream * 1_000_000L + step * 100, 100).window();
        assertThat(window > 0).isEqualTo(step > 0);
      }
    }
  }

  @Test
  void requestsSlightlyOutOfOrderAreStillSequential() {
    int[] order = {0, 2, 1, 3, 5, 4, 7, 6};
    SequentialReaders.Stream stream = null;
    for (int at : order) {
      stream = streams.record(at * 100L, 100);
    }
    assertThat(stream.window()).isPositive();
    assertThat(stream.next()).isEqualTo(800);
  }

  @Test
  void randomAccessOpensNoWindow() {
    Random random = new Random(1);
    for (int i = 0; i < 10_000; i++) {
      assertThat(streams.record(random.nextInt(1 << 30) * 512L, 512).window()).isZero();
    }
  }

  @Test
  void backwardReadsCloseTheWindow() {
    for (int i = 0; i < 10; i++) {
      streams.record(i * 100, 100);
    }
    long window = 1;
    for (int i = 9; i >= 2; i--) {
      window = streams.record(i * 100, 100).window();
    }
    assertThat(window).isZero();
    assertThat(streams.record(1000, 100).window()).as("as in the beginning").isEqualTo(2000);
  }

  @Test
  void sixteenStreamsAreTrackedAndANewOneReplacesTheOldest() {
    for (int step = 0; step < 4; step++) {
      for (int stream = 0; stream < 16; stream++) {
        long window = streams.record(stream * 1_000_000L + step * 100, 100).window();
        assertThat(window > 0).as("stream %d, step %d", stream, step).isEqualTo(step > 0);
      }
    }
    assertThat(streams.record(99_000_000, 100).window()).as("of a new one").isZero();
    assertThat(streams.record(1_000_400, 100).window()).as("of the second").isPositive();
    assertThat(streams.record(400, 100).window()).as("of the first").isZero();
    assertThat(streams.record(500, 100).window()).as("which begins anew").isEqualTo(2000);
  }
}
