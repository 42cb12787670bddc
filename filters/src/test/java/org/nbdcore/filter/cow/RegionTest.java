package org.nbdcore.filter.cow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class RegionTest {

  private final Region region = new Region(0);
  private final Region.State[] model = new Region.State[Region.BLOCKS];

  @Test
  void statesAndTheirRunsAgreeWithAModel() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    java.util.Arrays.fill(model, Region.State.BELOW);
    compare("seed " + seed);
    for (int i = 0; i < 2000; i++) {
      int index = random.nextInt(Region.BLOCKS);
      int count = 1 + random.nextInt(random.nextInt(4) == 0 ? Region.BLOCKS - index : 1);
      boolean zero = random.nextBoolean();
      if (zero) {
        region.zero(index, count);
      } else {
        region.hold(index, count);
      }
      java.util.Arrays.fill(
          model, index, index + count, zero ? Region.State.ZERO : Region.State.HELD);
      compare("seed " + seed + " step " + i);
    }
  }

  private void compare(String when) {
    for (int i = 0; i < Region.BLOCKS; i++) {
      assertThat(region.state(i)).as(when).isEqualTo(model[i]);
      int same = i + 1;
      while (same < Region.BLOCKS && model[same] == model[i]) {
        same++;
      }
      assertThat(region.same(i, model[i])).as(when).isEqualTo(same - i);
    }
  }
}
