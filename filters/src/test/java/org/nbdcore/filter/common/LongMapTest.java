package org.nbdcore.filter.common;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class LongMapTest {

  @Test
  void agreesWithTheJdksMapThroughRandomChanges() {
    for (int seed = 0; seed < 50; seed++) {
      Random random = new Random(seed);
      LongMap<Integer> map = new LongMap<>();
      TreeMap<Long, Integer> model = new TreeMap<>();
      for (int i = 0; i < 5000; i++) {
        long key = (long) random.nextInt(300) << random.nextInt(4) * 18;
        if (random.nextInt(3) == 0) {
          map.remove(key);
          model.remove(key);
        } else {
          map.put(key, i);
          model.put(key, i);
        }
        assertThat(map.get(key)).as("seed %d, step %d", seed, i).isEqualTo(model.get(key));
        long from = Math.max(0, key + random.nextInt(5) - 2);
        Map.Entry<Long, Integer> next = model.ceilingEntry(from);
        assertThat(map.next(from))
            .as("from %d, seed %d, step %d", from, seed, i)
            .isEqualTo(next == null ? LongMap.NONE : next.getKey());
      }
      assertThat(map.size()).isEqualTo(model.size());
      model.forEach((key, value) -> assertThat(map.get(key)).isEqualTo(value));
    }
  }

  @Test
  void largestKeyIsSupported() {
    LongMap<String> map = new LongMap<>();
    map.put(Long.MAX_VALUE, "last");
    map.put(0, "first");
    assertThat(map.get(Long.MAX_VALUE)).isEqualTo("last");
    assertThat(map.next(1)).isEqualTo(Long.MAX_VALUE);
    map.remove(Long.MAX_VALUE);
    assertThat(map.next(1)).isEqualTo(LongMap.NONE);
    assertThat(map.next(0)).isZero();
  }
}
