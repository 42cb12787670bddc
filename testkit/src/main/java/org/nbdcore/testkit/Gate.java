package org.nbdcore.testkit;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Holds a call back until the test lets it go; see {@link FaultPlan#holdNth}. */
public final class Gate {

  private static final long LIMIT_SECONDS = 30;

  private final CountDownLatch arrived = new CountDownLatch(1);
  private final CountDownLatch opened = new CountDownLatch(1);

  Gate() {}

  /** Waits until a call stands before the gate; fails after 30 s. */
  public void awaitArrival() {
    await(arrived, "no call arrived at the gate");
  }

  /** Lets the call go on. */
  public void open() {
    opened.countDown();
  }

  void pass() {
    arrived.countDown();
    await(opened, "nobody opened the gate");
  }

  private static void await(CountDownLatch latch, String failure) {
    try {
      if (!latch.await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError(failure + " within " + LIMIT_SECONDS + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted: " + failure, e);
    }
  }
}
