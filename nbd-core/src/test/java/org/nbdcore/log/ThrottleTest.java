package org.nbdcore.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.nbdcore.spi.Log;
import org.nbdcore.testkit.CapturedLog;

class ThrottleTest {

  private final CapturedLog log = CapturedLog.start();
  private long now = -5; // as System.nanoTime() may be

  private Throttle throttle() {
    return throttle(1);
  }

  private Throttle throttle(int limit) {
    return new Throttle(Log.of(""), "cannot serve", limit, () -> now);
  }

  @Test
  void firstMessageIsLoggedAndRepeatsAreCounted() {
    Throttle throttle = throttle();
    for (int i = 0; i < 1000; i++) {
      throttle.failed("too many files");
    }
    assertThat(log.messages()).containsExactly("cannot serve: too many files");
    now += TimeUnit.MINUTES.toNanos(1);
    throttle.failed("no memory");
    throttle.failed("no memory");
    assertThat(log.messages())
        .containsExactly(
            "cannot serve: too many files",
            "cannot serve: no memory (and 999 times more since this was last logged)");
    throttle.end();
    throttle.end();
    assertThat(log.messages()).hasSize(3).last().isEqualTo("cannot serve: 1 times more");
  }

  @Test
  void rateLimitAllowsSeveralMessagesAMinute() {
    Throttle throttle = throttle(2);
    for (int minute = 0; minute < 2; minute++) {
      throttle.failed("a");
      throttle.failed("b");
      throttle.failed("c");
      now += TimeUnit.MINUTES.toNanos(1);
    }
    assertThat(log.messages())
        .containsExactly(
            "cannot serve: a",
            "cannot serve: b",
            "cannot serve: a (and 1 times more since this was last logged)",
            "cannot serve: b");
  }

  @Test
  void endLogsNothingIfNoMessageWasSuppressed() {
    Throttle throttle = throttle();
    throttle.end();
    throttle.failed("once");
    throttle.end();
    assertThat(log.messages()).containsExactly("cannot serve: once");
  }
}
