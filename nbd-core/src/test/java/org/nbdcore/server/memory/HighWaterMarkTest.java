package org.nbdcore.server.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class HighWaterMarkTest {

  private final AtomicLong time = new AtomicLong(Long.MAX_VALUE); // nanoTime may overflow
  private final HighWaterMark highWaterMark = new HighWaterMark(10, time::get);

  @Test
  void theLargestValueIsRememberedToTheEndOfTheNextPeriod() {
    highWaterMark.record(5);
    highWaterMark.record(3);
    assertThat(highWaterMark.recent(3)).isEqualTo(5);
    time.addAndGet(10);
    assertThat(highWaterMark.recent(3)).isEqualTo(5);
    time.addAndGet(9);
    assertThat(highWaterMark.recent(1)).isEqualTo(5);
    time.addAndGet(1);
    assertThat(highWaterMark.recent(1)).isEqualTo(3);
    time.addAndGet(10);
    assertThat(highWaterMark.recent(1)).isEqualTo(1);
  }

  @Test
  void valuesFromBeforeTheLastPeriodAreForgotten() {
    highWaterMark.record(5);
    time.addAndGet(20);
    assertThat(highWaterMark.recent(2)).isEqualTo(2);
  }
}
