package org.nbdcore.filter.common;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class LongRangeSetTest {

  private static final int NUMBERS = 500;

  @Test
  void agreeWithASetOfBitsThroughRandomAdditions() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      LongRangeSet spans = new LongRangeSet();
      BitSet model = new BitSet();
      for (int i = 0; i < 40; i++) {
        int first = random.nextInt(NUMBERS);
        int last = Math.min(NUMBERS - 1, first + random.nextInt(1 + random.nextInt(60)));
        spans.add(first, last);
        model.set(first, last + 1);
        compare(spans, model, "seed " + seed + ", step " + i);
      }
    }
  }

  private static void compare(LongRangeSet spans, BitSet model, String where) {
    int runs = 0;
    for (int at = 0; at < NUMBERS; at++) {
      assertThat(spans.contains(at)).as("%d, %s", at, where).isEqualTo(model.get(at));
      int change = model.get(at) ? model.nextClearBit(at) : model.nextSetBit(at);
      long expected = change < 0 ? Long.MAX_VALUE : change;
      assertThat(spans.change(at)).as("after %d, %s", at, where).isEqualTo(expected);
      runs += model.get(at) && !model.get(at + 1) ? 1 : 0;
    }
    assertThat(spans.size()).as(where).isEqualTo(runs);
  }

  @Test
  void aSpanMayBeVeryLong() {
    LongRangeSet spans = new LongRangeSet();
    spans.add(5, 1L << 60);
    assertThat(spans.contains(1L << 59)).isTrue();
    assertThat(spans.change(6)).isEqualTo((1L << 60) + 1);
    assertThat(spans.contains(4)).isFalse();
  }
}
