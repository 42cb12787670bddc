package org.nbdcore.filter.cacheextents;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Extents;

final class LastExtentsTest {

  private final AtomicLong changes = new AtomicLong();

  /** The rule also holds for extents that one connection passes to the next. */
  @Test
  void changeInvalidatesTheExtents() {
    LastExtents last = new LastExtents(changes);
    last.remember(answer(), last.changes());
    assertThat(isCached(last)).isTrue();
    changes.incrementAndGet();
    assertThat(isCached(last)).isFalse();
  }

  @Test
  void extentsRequestedBeforeAChangeAreNotCached() {
    LastExtents last = new LastExtents(changes);
    long before = last.changes();
    changes.incrementAndGet();
    last.remember(answer(), before);
    assertThat(isCached(last)).isFalse();
  }

  private static boolean isCached(LastExtents last) {
    return last.answer(0, 512, new Extents(0, 512, 8));
  }

  private static Extents answer() {
    Extents answer = new Extents(0, 4096, 8);
    answer.add(0, 4096, ExtentSink.DATA);
    return answer;
  }
}
