package org.nbdcore.filter.cow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class OverlayRegionTest {

  private final OverlayRegion region = new OverlayRegion(0);
  private final OverlayRegion.State[] model = new OverlayRegion.State[OverlayRegion.BLOCKS];

  @Test
  void statesAndTheirLengthsAgreeWithAModel() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    java.util.Arrays.fill(model, OverlayRegion.State.BELOW);
    compare("seed " + seed);
    for (int i = 0; i < 2000; i++) {
      int index = random.nextInt(OverlayRegion.BLOCKS);
      int count = 1 + random.nextInt(random.nextInt(4) == 0 ? OverlayRegion.BLOCKS - index : 1);
      boolean zero = random.nextBoolean();
      if (zero) {
        region.zero(index, count);
      } else {
        region.store(index, count);
      }
      java.util.Arrays.fill(
          model,
          index,
          index + count,
          zero ? OverlayRegion.State.ZERO : OverlayRegion.State.STORED);
      compare("seed " + seed + " step " + i);
    }
  }

  private void compare(String when) {
    for (int i = 0; i < OverlayRegion.BLOCKS; i++) {
      assertThat(region.state(i)).as(when).isEqualTo(model[i]);
      int same = i + 1;
      while (same < OverlayRegion.BLOCKS && model[same] == model[i]) {
        same++;
      }
      assertThat(region.same(i, model[i])).as(when).isEqualTo(same - i);
    }
  }
}
