package org.nbdcore.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Rates of a counter, from samples at equal intervals. */
final class RateHistoryTest {

  @Test
  void withoutSamplesThereIsNoRate() {
    RateHistory history = new RateHistory();
    assertThat(history.now(2)).isZero();
    assertThat(history.history(2)).isEmpty();
    history.add(1000);
    assertThat(history.now(2)).isZero();
    assertThat(history.history(2)).isEmpty();
  }

  @Test
  void theRateIsTheIncreasePerSecond() {
    RateHistory history = new RateHistory();
    for (long value : new long[] {0, 100, 300, 300}) {
      history.add(value);
    }
    assertThat(history.history(2)).containsExactly(50.0, 100.0, 0.0);
    assertThat(history.now(2)).isEqualTo(50);
    assertThat(history.rate(100, 2)).isEqualTo(50);
  }

  @Test
  void onlyTheLastSamplesAreKept() {
    RateHistory history = new RateHistory();
    for (int i = 0; i < 1000; i++) {
      history.add(i < 900 ? 0 : i);
    }
    assertThat(history.history(1)).hasSize(RateHistory.KEPT).endsWith(1.0, 1.0).contains(900.0);
  }

  @Test
  void aFallingPositionHasARateOfZero() {
    RateHistory history = new RateHistory();
    history.add(500);
    history.add(0);
    assertThat(history.now(1)).isZero();
    assertThat(history.history(1)).containsExactly(0.0);
  }

  @Test
  void theTimeLeftIsDerivedFromTheRateOfThePosition() {
    Throughput throughput = new Throughput();
    assertThat(throughput.secondsLeft(1000, 0, 2)).isNull();
    throughput.sample(0, 0, 0);
    throughput.sample(0, 0, 100);
    assertThat(throughput.secondsLeft(1000, 100, 2)).isEqualTo(18);
    throughput.sample(0, 0, 1000);
    assertThat(throughput.secondsLeft(1000, 1000, 2)).isNull();
  }
}
