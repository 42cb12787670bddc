package org.nbdcore.spi.helpers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

final class UninterruptiblesTest {

  private final CountDownLatch end = new CountDownLatch(1);
  private boolean done; // guarded by this

  private synchronized void awaitDone() {
    Uninterruptibles.await(this, () -> done);
  }

  private synchronized void finish() {
    done = true;
    notifyAll();
  }

  /** Interrupts the wait in a thread of its own, and ends it. */
  private static void assertWaits(Runnable wait, Runnable finish) throws Exception {
    FutureTask<Boolean> waiting =
        new FutureTask<>(
            () -> {
              wait.run();
              return Thread.interrupted();
            });
    Thread thread = new Thread(waiting, "waiting");
    thread.start();
    awaitWaiting(thread);
    thread.interrupt();
    while (thread.isInterrupted()) { // the wait has noticed the interrupt
      Thread.onSpinWait();
    }
    awaitWaiting(thread);
    finish.run();
    assertThat(waiting.get(30, TimeUnit.SECONDS)).as("interrupted after the wait").isTrue();
  }

  private static void awaitWaiting(Thread thread) {
    while (thread.getState() != Thread.State.WAITING) {
      assertThat(thread.isAlive()).isTrue();
      Thread.onSpinWait();
    }
  }

  @Test
  void anInterruptDoesNotEndTheWaitForACondition() throws Exception {
    assertWaits(this::awaitDone, this::finish);
  }

  @Test
  void anInterruptDoesNotEndTheWaitForALatch() throws Exception {
    assertWaits(() -> Uninterruptibles.await(end), end::countDown);
  }

  @Test
  void anInterruptDoesNotEndTheWaitForAThread() throws Exception {
    Thread other = new Thread(() -> Uninterruptibles.await(end), "other");
    other.start();
    assertWaits(() -> Uninterruptibles.join(other), end::countDown);
  }

  @Test
  void aConditionThatThrowsEndsTheWaitAndTheThreadIsInterruptedAgain() {
    AtomicInteger evaluated = new AtomicInteger();
    BooleanSupplier condition =
        () -> {
          if (evaluated.incrementAndGet() == 2) {
            throw new IllegalStateException("planted");
          }
          return false;
        };
    Thread.currentThread().interrupt();
    synchronized (this) {
      assertThatThrownBy(() -> Uninterruptibles.await(this, condition)).hasMessage("planted");
    }
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void waitsThatAreAlreadyOverReturnAtOnce() {
    finish();
    awaitDone();
    end.countDown();
    Uninterruptibles.await(end);
    Uninterruptibles.join(new Thread(() -> {}));
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }
}
