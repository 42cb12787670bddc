package org.nbdcore.server.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class SleepGroupTest {

  private static final long LONG = TimeUnit.HOURS.toNanos(1);

  private final SleepGroup sleepGroup = new SleepGroup();

  private static boolean parked(Thread thread) {
    return thread.getState() == Thread.State.TIMED_WAITING;
  }

  @Test
  void sleepLastsAsLongAsRequested() throws Exception {
    long start = System.nanoTime();
    assertThat(sleepGroup.sleep(20_000_000)).isTrue();
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(20_000_000);
  }

  @Test
  void wakeEndsTheSleepOfAllThreads() throws Exception {
    List<FutureTask<Boolean>> results = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      FutureTask<Boolean> result = new FutureTask<>(() -> sleepGroup.sleep(LONG));
      results.add(result);
      Thread thread = new Thread(result);
      thread.start();
      await().until(() -> parked(thread));
    }
    sleepGroup.wake();
    for (FutureTask<Boolean> result : results) {
      assertThat(result.get()).isFalse();
    }
  }

  @Test
  void sleepAfterWakeReturnsAtOnce() throws Exception {
    sleepGroup.wake();
    assertThat(sleepGroup.sleep(LONG)).isFalse();
    assertThat(sleepGroup.woken()).isTrue();
  }

  @Test
  void anInterruptedSleepThrows() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> sleepGroup.sleep(LONG)).isInstanceOf(InterruptedException.class);
  }
}
