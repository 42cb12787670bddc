package org.nbdcore.nfc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReceivedFragmentsTest {

  @Test
  void coverageAgreesWithABitSet() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 2000; round++) {
      int total = 1 + random.nextInt(40);
      ReceivedFragments coverage = new ReceivedFragments(total);
      BitSet model = new BitSet();
      while (model.cardinality() < total) {
        int start = random.nextInt(total + 2) - 1;
        int length = random.nextInt(6) - 1;
        boolean fits =
            start >= 0
                && length > 0
                && start + length <= total
                && model.get(start, start + length).isEmpty();
        assertThat(coverage.add(start, length))
            .as("seed %d, %d bytes at %d", seed, length, start)
            .isEqualTo(fits);
        if (fits) {
          model.set(start, start + length);
        }
        assertThat(coverage.complete()).as("seed %d", seed).isEqualTo(model.cardinality() == total);
      }
    }
  }

  @Test
  void rangesThatOverflowAreRefused() {
    assertThat(new ReceivedFragments(512).add(1, Integer.MAX_VALUE)).isFalse();
    assertThat(new ReceivedFragments(512).add(Integer.MAX_VALUE, 1)).isFalse();
  }
}
