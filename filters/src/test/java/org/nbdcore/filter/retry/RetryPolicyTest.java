package org.nbdcore.filter.retry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The delays before retries, of which there may be any number. */
final class RetryPolicyTest {

  private static final long YEAR = 365L * 24 * 60 * 60 * 1_000_000_000;

  @ParameterizedTest
  @ValueSource(longs = {1, 3, 2_000_000_000, YEAR})
  void theDelayDoublesAndNeverOverflows(long delay) {
    RetryPolicy policy = new RetryPolicy(1000, delay, true, false);
    assertThat(policy.delayAfter(0)).isZero();
    long expected = delay;
    for (int failures = 1; failures <= 1000; failures++) {
      assertThat(policy.delayAfter(failures)).as("after %d failures", failures).isEqualTo(expected);
      expected = expected > Long.MAX_VALUE / 2 / 2 ? Long.MAX_VALUE / 2 : 2 * expected;
    }
  }

  @Test
  void aDelayThatDoesNotGrowIsTheSameEachTime() {
    RetryPolicy policy = new RetryPolicy(1000, 5, false, false);
    assertThat(policy.delayAfter(0)).isZero();
    assertThat(policy.delayAfter(1)).isEqualTo(5);
    assertThat(policy.delayAfter(1000)).isEqualTo(5);
  }
}
