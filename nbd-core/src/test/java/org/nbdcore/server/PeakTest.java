package org.nbdcore.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class PeakTest {

  private final AtomicLong time = new AtomicLong(Long.MAX_VALUE); // nanoTime may overflow
  private final Peak peak = new Peak(10, time::get);

  @Test
  void theLargestValueIsRememberedToTheEndOfTheNextPeriod() {
    peak.see(5);
    peak.see(3);
    assertThat(peak.recent(3)).isEqualTo(5);
    time.addAndGet(10);
    assertThat(peak.recent(3)).isEqualTo(5);
    time.addAndGet(9);
    assertThat(peak.recent(1)).isEqualTo(5);
    time.addAndGet(1);
    assertThat(peak.recent(1)).isEqualTo(3);
    time.addAndGet(10);
    assertThat(peak.recent(1)).isEqualTo(1);
  }

  @Test
  void whatWasSeenLongAgoDoesNotCount() {
    peak.see(5);
    time.addAndGet(20);
    assertThat(peak.recent(2)).isEqualTo(2);
  }
}
