package org.nbdcore.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PageTableTest {

  @ParameterizedTest
  @ValueSource(longs = {1, 4095, 4096, 4097, 1 << 24, (1 << 24) + 1, 1L << 40, 1L << 47})
  void randomOperationsAgreeWithASortedMap(long pages) throws Exception {
    Random random = new Random(pages);
    PageTable<Page> table = new PageTable<>(pages);
    TreeMap<Long, Page> model = new TreeMap<>();
    for (int i = 0; i < 2000; i++) {
      long index = pick(random, pages);
      if (random.nextInt(3) > 0) {
        Page page = model.isEmpty() || random.nextInt(20) == 0 ? Page.allocate(0) : any(model);
        Page before = model.putIfAbsent(index, page);
        assertThat(table.putIfAbsent(index, page)).isSameAs(before == null ? page : before);
      } else if (model.containsKey(index)) {
        table.remove(index, model.remove(index));
      }
      long from = pick(random, pages);
      Long next = model.ceilingKey(from);
      assertThat(table.get(from)).isSameAs(model.get(from));
      assertThat(table.nextPresent(from, pages))
          .as("next page from %d of %d, step %d", from, pages, i)
          .isEqualTo(next == null ? pages : next);
    }
  }

  private static Page any(TreeMap<Long, Page> model) {
    return model.firstEntry().getValue();
  }

  /** Near the beginning, near the end, or anywhere. */
  private static long pick(Random random, long pages) {
    long near = random.nextInt(50);
    return switch (random.nextInt(3)) {
      case 0 -> Math.min(pages - 1, near);
      case 1 -> Math.max(0, pages - 1 - near);
      default -> (long) (random.nextDouble() * pages);
    };
  }
}
