package org.nbdcore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Signals while a plugin hangs in its start. */
final class StopHandlerTest {

  private final CountDownLatch left = new CountDownLatch(1);
  private final StopHandler handler = new StopHandler(new RunCommand(), left::countDown);

  @Test
  void theSecondSignalEndsTheProcess() {
    handler.run();
    assertThat(left.getCount()).isEqualTo(1);
    handler.run();
    assertThat(left.getCount()).isZero();
  }

  @Test
  void oneSignalEndsTheProcessAfterTheStopTimeout() throws Exception {
    handler.stopTimeout(Duration.ofMillis(1));
    handler.run();
    assertThat(left.await(60, TimeUnit.SECONDS)).isTrue();
  }
}
