package org.nbdcore.filter.common;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nbdcore.spi.helpers.RangeLocks;

@Timeout(30)
@Tag("newest")
final class RangeLocksTest {

  private final RangeLocks locks = new RangeLocks();

  @Test
  void sharedHoldersOfOneRangeDoNotWaitForEachOther() throws Exception {
    RangeLocks.RangeLock one = locks.shared(0, 10);
    CompletableFuture.runAsync(() -> locks.release(locks.shared(0, 10))).get(10, TimeUnit.SECONDS);
    locks.release(one);
  }

  @Test
  void exclusiveHoldersOfDistinctRangesDoNotWaitForEachOther() throws Exception {
    RangeLocks.RangeLock one = locks.exclusive(0, 10);
    CompletableFuture.runAsync(() -> locks.release(locks.exclusive(10, 20)))
        .get(10, TimeUnit.SECONDS);
    locks.release(one);
  }

  @Test
  void exclusiveWaitsForSharedHoldersThatDidNotQueue() throws Exception {
    RangeLocks.RangeLock shared = locks.shared(0, 10);
    List<String> order = new CopyOnWriteArrayList<>();
    Thread waiter = start(() -> exclusively(0, 10, () -> order.add("exclusive")));
    awaitWaiting(waiter);
    order.add("released");
    locks.release(shared);
    waiter.join();
    assertThat(order).containsExactly("released", "exclusive");
  }

  @Test
  void sharedWaitsForAnOverlappingExclusiveHolder() throws Exception {
    RangeLocks.RangeLock held = locks.exclusive(0, 10);
    List<String> order = new CopyOnWriteArrayList<>();
    Thread waiter =
        start(
            () -> {
              RangeLocks.RangeLock shared = locks.shared(9, 12);
              order.add("shared");
              locks.release(shared);
            });
    awaitWaiting(waiter);
    order.add("released");
    locks.release(held);
    waiter.join();
    assertThat(order).containsExactly("released", "shared");
  }

  @Test
  void sharedDoesNotOvertakeAWaitingExclusive() throws Exception {
    locks.release(locks.exclusive(0, 1)); // from here on, all requests queue
    RangeLocks.RangeLock shared = locks.shared(0, 10);
    List<String> order = new CopyOnWriteArrayList<>();
    Thread exclusive = start(() -> exclusively(0, 10, () -> order.add("exclusive")));
    awaitWaiting(exclusive);
    Thread later =
        start(
            () -> {
              RangeLocks.RangeLock held = locks.shared(0, 10);
              order.add("later");
              locks.release(held);
            });
    awaitWaiting(later);
    locks.release(shared);
    exclusive.join();
    later.join();
    assertThat(order).containsExactly("exclusive", "later");
  }

  @Test
  void interruptDoesNotEndTheWaitAndIsKept() throws Exception {
    RangeLocks.RangeLock held = locks.exclusive(0, 10);
    AtomicReference<Boolean> interrupted = new AtomicReference<>();
    Thread waiter =
        start(
            () ->
                exclusively(0, 10, () -> interrupted.set(Thread.currentThread().isInterrupted())));
    awaitWaiting(waiter);
    waiter.interrupt();
    locks.release(held);
    waiter.join();
    assertThat(interrupted.get()).isTrue();
  }

  private void exclusively(long start, long end, Runnable body) {
    RangeLocks.RangeLock held = locks.exclusive(start, end);
    try {
      body.run();
    } finally {
      locks.release(held);
    }
  }

  private static Thread start(Runnable body) {
    Thread thread = new Thread(body);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private static void awaitWaiting(Thread thread) {
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
  }
}
