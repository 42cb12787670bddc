package org.nbdcore.filter.common;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Threads of tests, and waits for them. */
public final class TestThreads {

  private static final long MAX_SECONDS = 60;

  private TestThreads() {}

  /** Starts a thread that does not keep the JVM from ending. */
  public static Thread start(Runnable task) {
    Thread thread = new Thread(task, "test");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /** Waits for a latch, and fails the test if that takes too long. */
  public static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(MAX_SECONDS, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Waits until a thread is blocked, or has ended because it was not. */
  public static void awaitWaitingOrEnd(Thread thread) {
    while (thread.getState() != Thread.State.WAITING
        && thread.getState() != Thread.State.TERMINATED) {
      Thread.onSpinWait();
    }
  }
}
