package org.nbdcore.filter.common;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class LongMapTest {

  @Test
  void agreesWithTheJdksMapThroughRandomChanges() {
    for (int seed = 0; seed < 50; seed++) {
      Random random = new Random(seed);
      LongMap<Integer> map = new LongMap<>();
      Map<Long, Integer> model = new HashMap<>();
      for (int i = 0; i < 5000; i++) {
        long key = (long) random.nextInt(300) << random.nextInt(3) * 20;
        if (random.nextInt(3) == 0) {
          map.remove(key);
          model.remove(key);
        } else {
          map.put(key, i);
          model.put(key, i);
        }
        assertThat(map.get(key)).as("seed %d, step %d", seed, i).isEqualTo(model.get(key));
      }
      assertThat(map.size()).isEqualTo(model.size());
      model.forEach((key, value) -> assertThat(map.get(key)).isEqualTo(value));
    }
  }
}
