package org.nbdcore.testkit;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A call that waits until the test releases it; see {@link FaultPlan#holdNth}. */
public final class HeldCall {

  private static final long LIMIT_SECONDS = 30;

  private final CountDownLatch arrived = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);

  HeldCall() {}

  /** Waits until the call has arrived; fails after 30 s. */
  public void awaitArrival() {
    await(arrived, "the held call did not arrive");
  }

  /** Lets the call proceed. */
  public void release() {
    released.countDown();
  }

  void pass() {
    arrived.countDown();
    await(released, "the test did not release the held call");
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
