package org.nbdcore.filter.common;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class LongRangeSetTest {

  private static final int NUMBERS = 500;

  @Test
  void randomAdditionsAgreeWithABitSet() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      LongRangeSet set = new LongRangeSet();
      BitSet model = new BitSet();
      for (int i = 0; i < 40; i++) {
        int first = random.nextInt(NUMBERS);
        int last = Math.min(NUMBERS - 1, first + random.nextInt(1 + random.nextInt(60)));
        set.add(first, last);
        model.set(first, last + 1);
        compare(set, model, "seed " + seed + ", step " + i);
      }
    }
  }

  private static void compare(LongRangeSet set, BitSet model, String description) {
    int runs = 0;
    for (int at = 0; at < NUMBERS; at++) {
      assertThat(set.contains(at)).as("%d, %s", at, description).isEqualTo(model.get(at));
      int change = model.get(at) ? model.nextClearBit(at) : model.nextSetBit(at);
      long expected = change < 0 ? Long.MAX_VALUE : change;
      assertThat(set.change(at)).as("after %d, %s", at, description).isEqualTo(expected);
      runs += model.get(at) && !model.get(at + 1) ? 1 : 0;
    }
    assertThat(set.size()).as(description).isEqualTo(runs);
  }

  @Test
  void veryLongRangeIsSupported() {
    LongRangeSet set = new LongRangeSet();
    set.add(5, 1L << 60);
    assertThat(set.contains(1L << 59)).isTrue();
    assertThat(set.change(6)).isEqualTo((1L << 60) + 1);
    assertThat(set.contains(4)).isFalse();
  }
}
