package org.nbdcore.server.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

final class SlabPoolTest {

  private static final int MIB = 1 << 20;

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private static SlabPool pool() {
    return new SlabPool(128L * MIB, 2 * MIB, wanted -> {});
  }

  private static void assertWaits(CompletableFuture<?> acquired) {
    assertThatThrownBy(() -> acquired.get(50, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
  }

  @Test
  void aSlabsCapacityIsTheNextPowerOfTwo() {
    SlabPool pool = pool();
    int[][] sizes = {{1, 4096}, {4096, 4096}, {4097, 8192}, {MIB + 1, 2 * MIB}};
    for (int[] size : sizes) {
      Slab slab = pool.acquire(size[0]);
      assertThat(slab.capacity()).isEqualTo(size[1]);
      assertThat(pool.inUse()).isEqualTo(size[1]);
      pool.release(slab);
      assertThat(pool.inUse()).isZero();
    }
    pool.release(null);
    assertThat(pool.inUse()).isZero();
  }

  @Test
  void thePoolCachesAsMuchAsTheRecentPeakInUse() {
    AtomicLong time = new AtomicLong();
    SlabPool pool =
        new SlabPool(128L * MIB, 2 * MIB, wanted -> {}, new HighWaterMark(SECOND, time::get));
    Slab first = pool.acquire(4 * MIB);
    Slab second = pool.acquire(4 * MIB);
    pool.release(first);
    pool.release(second);
    assertThat(pool.kept()).isEqualTo(8 * MIB);
    assertThat(pool.acquire(4 * MIB)).isSameAs(second);
    assertThat(pool.acquire(4 * MIB)).isSameAs(first);
    pool.release(first);
    pool.release(second);

    time.addAndGet(SECOND);
    pool.release(pool.acquire(4 * MIB)); // what was held before is remembered for another period
    assertThat(pool.kept()).isEqualTo(8 * MIB);
    time.addAndGet(SECOND);
    pool.release(pool.acquire(4 * MIB));
    assertThat(pool.kept()).isEqualTo(4 * MIB);
    time.addAndGet(2 * SECOND);
    pool.release(pool.acquire(MIB));
    assertThat(pool.kept()).isEqualTo(MIB);
  }

  @Test
  void cachedSlabsOfUsedSizesReplaceOthers() {
    SlabPool pool = pool();
    pool.release(pool.acquire(4 * MIB));
    Slab used = pool.acquire(MIB);
    pool.release(used);
    assertThat(pool.kept()).isEqualTo(MIB);
    assertThat(pool.acquire(MIB)).isSameAs(used);
  }

  @Test
  void cachedSlabsAreFreedForAllocations() {
    SlabPool pool = pool();
    pool.release(pool.acquire(64 * MIB));
    List<Slab> held = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      held.add(pool.acquire(4 * MIB));
      assertThat(pool.inUse() + pool.kept()).isLessThanOrEqualTo(64 * MIB);
    }
    held.forEach(pool::release);
  }

  @Test
  void aSmallAmountIsCachedHoweverLittleWasInUse() {
    AtomicLong time = new AtomicLong();
    SlabPool pool =
        new SlabPool(128L * MIB, 2 * MIB, wanted -> {}, new HighWaterMark(SECOND, time::get));
    pool.release(pool.acquire(MIB));
    time.addAndGet(10 * SECOND);
    pool.release(pool.acquire(1 << 17));
    assertThat(pool.kept()).isEqualTo(MIB + (1 << 17));
  }

  @Test
  void acquireBlocksWhenTheBudgetIsUsedUp() throws Exception {
    SlabPool pool = pool();
    ConnectionBudget last = new ConnectionBudget(pool);
    List<Slab> held = new ArrayList<>();
    for (int i = 0; i < 127; i++) {
      held.add(pool.acquire(MIB));
    }
    held.add(last.acquireBase(MIB));
    CompletableFuture<Slab> waiting = waiter(() -> pool.acquire(MIB));
    assertWaits(waiting);
    Slab now = last.acquireNow(MIB);
    assertThat(last.held()).isEqualTo(2 * MIB);
    assertWaits(waiting);
    last.release(now);
    assertWaits(waiting);
    last.release(held.remove(127));
    held.add(waiting.get(10, TimeUnit.SECONDS));
    held.forEach(pool::release);
    assertThat(pool.inUse()).isZero();
    assertThat(last.held()).isZero();
  }

  @Test
  void largerSlabsLeaveMoreOfTheBudgetToOthers() throws Exception {
    SlabPool pool = pool();
    List<Held> held = new ArrayList<>();
    held.add(new Held(pool, 64 * MIB));
    CompletableFuture<Held> largeWaits = waiter(() -> new Held(pool, 8 * MIB));
    assertWaits(largeWaits);
    for (int i = 0; i < 32; i++) {
      held.add(new Held(pool, MIB));
    }
    CompletableFuture<Held> mediumWaits = waiter(() -> new Held(pool, MIB));
    assertWaits(mediumWaits);
    for (int i = 0; i < 128; i++) {
      held.add(new Held(pool, 1 << 17));
    }
    CompletableFuture<Held> smallWaits = waiter(() -> new Held(pool, 1 << 17));
    assertWaits(smallWaits);
    Slab share = new ConnectionBudget(pool).acquireBase(1 << 17);
    held.forEach(Held::release);
    largeWaits.get(10, TimeUnit.SECONDS).release();
    mediumWaits.get(10, TimeUnit.SECONDS).release();
    smallWaits.get(10, TimeUnit.SECONDS).release();
    pool.release(share);
    assertThat(pool.inUse()).isZero();
  }

  @Test
  void aConnectionGetsNoMoreThanItLeavesToTheNext() throws Exception {
    SlabPool pool = pool(); // 96 MiB for slabs of this size
    ConnectionBudget greedy = new ConnectionBudget(pool);
    List<Slab> held = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      held.add(greedy.acquire(4 * MIB));
    }
    CompletableFuture<Slab> waiting = waiter(() -> greedy.acquire(4 * MIB));
    assertWaits(waiting);
    Held other = new Held(pool, 4 * MIB); // a connection that has nothing yet need not wait
    other.release();
    greedy.release(held.remove(0));
    held.add(waiting.get(10, TimeUnit.SECONDS));
    held.forEach(greedy::release);
    assertThat(pool.inUse()).isZero();
  }

  @Test
  void theConnectionsOfAnExportShareItsLimit() throws Exception {
    SlabPool pool = pool();
    ExportBudget export = new ExportBudget(4 * MIB, (who, bytes) -> {});
    ConnectionBudget one = new ConnectionBudget(pool, export);
    ConnectionBudget two = new ConnectionBudget(pool, export);
    ConnectionBudget other = new ConnectionBudget(pool, new ExportBudget(1, (who, bytes) -> {}));
    Slab first = one.acquire(4 * MIB);
    CompletableFuture<Slab> waiting = waiter(() -> two.acquire(MIB));
    assertWaits(waiting);
    Slab more = one.acquireMore(MIB); // a payload that has begun to arrive
    Slab input = two.acquireBase(1 << 17); // what every connection needs
    other.release(other.acquire(8 * MIB)); // larger than its limit, but nothing else is in progress
    one.release(first);
    two.release(waiting.get(10, TimeUnit.SECONDS));
    one.release(more);
    two.release(input);
    assertThat(pool.inUse()).isZero();
    one.release(one.acquire(4 * MIB));
  }

  /** Clients of the same export may have stalled; those of other exports do not matter. */
  @Test
  void waitingForAnExportsLimitAsksThatExportToReclaimMemory() throws Exception {
    SlabPool pool =
        new SlabPool(
            128L * MIB,
            0,
            wanted -> {
              throw new AssertionError("there is memory");
            });
    AtomicReference<Slab> stalled = new AtomicReference<>();
    List<ConnectionBudget> asked = new ArrayList<>();
    ConnectionBudget[] connections = new ConnectionBudget[2];
    ExportBudget export =
        new ExportBudget(
            4 * MIB,
            (who, bytes) -> {
              asked.add(who);
              assertThat(bytes).isEqualTo(MIB);
              connections[0].release(stalled.getAndSet(null));
            });
    connections[0] = new ConnectionBudget(pool, export);
    connections[1] = new ConnectionBudget(pool, export);
    stalled.set(connections[0].acquire(4 * MIB));
    connections[1].release(connections[1].acquire(MIB));
    assertThat(asked).containsExactly(connections[1]);
    assertThat(pool.inUse()).isZero();
  }

  /** Otherwise the server would drop a stalled client for nothing. */
  @Test
  void onlyPayloadsCompeteWithOtherConnectionsOfTheExport() {
    SlabPool pool = pool();
    ExportBudget export = new ExportBudget(4 * MIB, (who, bytes) -> {});
    ConnectionBudget one = new ConnectionBudget(pool, export);
    ConnectionBudget two = new ConnectionBudget(pool, export);
    ConnectionBudget elsewhere = new ConnectionBudget(pool);
    Slab input = one.acquireBase(MIB);
    assertThat(one.competesWith(two)).isFalse();
    Slab payload = one.acquire(MIB);
    Slab theirs = elsewhere.acquire(MIB);
    assertThat(one.competesWith(two)).isTrue();
    assertThat(one.competesWith(one)).isFalse();
    assertThat(one.competesWith(elsewhere)).isFalse();
    assertThat(elsewhere.competesWith(new ConnectionBudget(pool))).isFalse();
    one.release(input);
    one.release(payload);
    elsewhere.release(theirs);
    assertThat(pool.inUse()).isZero();
  }

  @Test
  void aReservationCountsUntilItIsAcquiredOrReturned() throws Exception {
    SlabPool pool = pool();
    ExportBudget export = new ExportBudget(4 * MIB, (who, bytes) -> {});
    ConnectionBudget one = new ConnectionBudget(pool, export);
    ConnectionBudget two = new ConnectionBudget(pool, export);
    assertThat(one.reserve(3 * MIB)).isTrue();
    assertThat(pool.inUse()).isEqualTo(4 * MIB);
    assertThat(two.reserve(1)).isFalse();
    Slab slab = one.acquireReserved(3 * MIB);
    assertThat(one.held()).isEqualTo(slab.capacity()).isEqualTo(4 * MIB);
    one.release(slab);
    assertThat(two.reserve(4 * MIB)).isTrue();
    CompletableFuture<Slab> waiting = waiter(() -> one.acquire(MIB));
    assertWaits(waiting);
    two.unreserve(4 * MIB);
    one.release(waiting.get(10, TimeUnit.SECONDS));
    assertThat(pool.inUse()).isZero();
  }

  /** The memory of a connection that has one slab. */
  private static final class Held {
    private final ConnectionBudget budget;
    private final Slab slab;

    Held(SlabPool pool, int size) {
      budget = new ConnectionBudget(pool);
      slab = budget.acquire(size);
    }

    void release() {
      budget.release(slab);
    }
  }

  @Test
  void slabsThatAreNotCachedAreFreedAtOnce() {
    AtomicLong time = new AtomicLong();
    SlabPool pool = new SlabPool(128L * MIB, 0, wanted -> {}, new HighWaterMark(SECOND, time::get));
    Slab slab = pool.acquire(64 * MIB);
    pool.release(slab);
    long before = directMemory();
    time.addAndGet(SECOND);
    assertThat(pool.trim()).isTrue();
    assertThat(pool.kept()).isEqualTo(64 * MIB);
    time.addAndGet(SECOND);
    assertThat(pool.trim()).isFalse();
    if (Runtime.version().feature() >= 22) { // the memory of an arena is not counted there
      assertThatThrownBy(() -> slab.bytes.get(0)).isInstanceOf(IllegalStateException.class);
    } else {
      assertThat(directMemory()).isLessThan(before - 60L * MIB); // others' come and go meanwhile
    }
  }

  private static long directMemory() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(bean -> bean.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }

  @Test
  void largeSizesThatAlternateUseTheSameMemory() {
    SlabPool pool = pool();
    Slab slab = pool.acquire(60 * MIB);
    for (int size : new int[] {30, 60, 30, 60}) {
      pool.release(slab);
      assertThat(pool.acquire(size * MIB)).isSameAs(slab);
    }
    pool.release(slab);
    assertThat(pool.kept()).isEqualTo(64 * MIB);
  }

  @Test
  void aBlockedAcquireAsksToReclaimMemory() throws Exception {
    AtomicReference<Slab> stalled = new AtomicReference<>();
    AtomicReference<SlabPool> self = new AtomicReference<>();
    AtomicInteger reliefs = new AtomicInteger();
    SlabPool pool =
        new SlabPool(
            128L * MIB,
            0,
            wanted -> {
              assertThat(wanted).isEqualTo(64L * MIB);
              reliefs.incrementAndGet();
              self.get().release(stalled.getAndSet(null));
            });
    self.set(pool);
    stalled.set(pool.acquire(64 * MIB));
    new Held(pool, 64 * MIB).release();
    assertThat(reliefs).hasValue(1);
    assertThat(pool.inUse()).isZero();
  }

  @Test
  void impossibleSizesAreRefused() {
    assertThatThrownBy(() -> pool().acquire(64 * MIB + 1)).hasMessageContaining("67108865");
    assertThatThrownBy(() -> new SlabPool(127L * MIB, 0, wanted -> {}))
        .hasMessageContaining("too small");
  }

  @Test
  void aConnectionGetsAtMostItsBudget() throws Exception {
    SlabPool pool = new SlabPool(1024L * MIB, 0, wanted -> {});
    ConnectionBudget budget = new ConnectionBudget(pool);
    Slab first = budget.acquire(64 * MIB);
    Slab second = budget.acquire(32 * MIB);
    CompletableFuture<Slab> waiting = waiter(() -> budget.acquire(64 * MIB));
    assertWaits(waiting);
    Slab beyond = budget.acquireNow(4096);
    Held other = new Held(pool, 64 * MIB); // another connection is not concerned
    budget.release(second);
    assertWaits(waiting);
    budget.release(beyond);
    Slab third = waiting.get(10, TimeUnit.SECONDS);
    budget.release(first);
    budget.release(third);
    budget.release(null);
    other.release();
    assertThat(pool.inUse()).isZero();
  }

  /**
   * Uses its own thread, because the common pool may have a single one, which a waiter would block.
   */
  private static <T> CompletableFuture<T> waiter(Supplier<T> acquire) {
    return CompletableFuture.supplyAsync(acquire, task -> new Thread(task, "waiter").start());
  }

  @Test
  void anInterruptDoesNotEndAWait() throws Exception {
    SlabPool pool = pool();
    Slab large = pool.acquire(64 * MIB);
    CompletableFuture<Held> acquired = new CompletableFuture<>();
    Thread thread = new Thread(() -> acquired.complete(new Held(pool, 64 * MIB)));
    thread.start();
    await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
    thread.interrupt();
    assertWaits(acquired);
    pool.release(large);
    acquired.get(10, TimeUnit.SECONDS).release();
    assertThat(pool.inUse()).isZero();
  }
}
