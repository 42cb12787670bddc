package org.nbdcore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

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

final class BufferPoolTest {

  private static final int MIB = 1 << 20;

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private static BufferPool pool() {
    return new BufferPool(128L * MIB, 2 * MIB, () -> {});
  }

  private static void assertWaits(CompletableFuture<?> acquired) {
    assertThatThrownBy(() -> acquired.get(50, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
  }

  @Test
  void slabsHaveTheNextPowerOfTwo() {
    BufferPool pool = pool();
    int[][] sizes = {{1, 4096}, {4096, 4096}, {4097, 8192}, {MIB + 1, 2 * MIB}};
    for (int[] size : sizes) {
      Slab slab = pool.acquire(size[0]);
      assertThat(slab.capacity()).isEqualTo(size[1]);
      assertThat(pool.lent()).isEqualTo(size[1]);
      pool.release(slab);
      assertThat(pool.lent()).isZero();
    }
    pool.release(null);
    assertThat(pool.lent()).isZero();
  }

  @Test
  void asMuchIsKeptAsWasLentAtATimeLately() {
    AtomicLong time = new AtomicLong();
    BufferPool pool = new BufferPool(128L * MIB, 2 * MIB, () -> {}, new Peak(SECOND, time::get));
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
    pool.release(pool.acquire(4 * MIB)); // what was lent before is remembered for another period
    assertThat(pool.kept()).isEqualTo(8 * MIB);
    time.addAndGet(SECOND);
    pool.release(pool.acquire(4 * MIB));
    assertThat(pool.kept()).isEqualTo(4 * MIB);
    time.addAndGet(2 * SECOND);
    pool.release(pool.acquire(MIB));
    assertThat(pool.kept()).isEqualTo(MIB);
  }

  @Test
  void sizesThatAreInUseReplaceOthers() {
    BufferPool pool = pool();
    pool.release(pool.acquire(4 * MIB));
    Slab used = pool.acquire(MIB);
    pool.release(used);
    assertThat(pool.kept()).isEqualTo(MIB);
    assertThat(pool.acquire(MIB)).isSameAs(used);
  }

  @Test
  void whatIsKeptMakesRoomForWhatIsAllocated() {
    BufferPool pool = pool();
    pool.release(pool.acquire(64 * MIB));
    List<Slab> lent = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      lent.add(pool.acquire(4 * MIB));
      assertThat(pool.lent() + pool.kept()).isLessThanOrEqualTo(64 * MIB);
    }
    lent.forEach(pool::release);
  }

  @Test
  void littleIsKeptHoweverLittleWasLent() {
    AtomicLong time = new AtomicLong();
    BufferPool pool = new BufferPool(128L * MIB, 2 * MIB, () -> {}, new Peak(SECOND, time::get));
    pool.release(pool.acquire(MIB));
    time.addAndGet(10 * SECOND);
    pool.release(pool.acquire(1 << 17));
    assertThat(pool.kept()).isEqualTo(MIB + (1 << 17));
  }

  @Test
  void pastTheBudgetWhoeverAsksWaits() throws Exception {
    BufferPool pool = pool();
    List<Slab> lent = new ArrayList<>();
    for (int i = 0; i < 96; i++) {
      lent.add(pool.acquire(MIB));
    }
    CompletableFuture<Slab> waiting = waiter(() -> pool.acquire(MIB));
    assertWaits(waiting);
    Slab now = pool.acquireNow(MIB);
    assertWaits(waiting);
    pool.release(now);
    assertWaits(waiting);
    pool.release(lent.remove(0));
    lent.add(waiting.get(10, TimeUnit.SECONDS));
    lent.forEach(pool::release);
    assertThat(pool.lent()).isZero();
  }

  @Test
  void largeSlabsLeaveAQuarterToSmallOnes() throws Exception {
    BufferPool pool = pool();
    Slab large = pool.acquire(64 * MIB);
    Slab middle = pool.acquire(32 * MIB);
    CompletableFuture<Slab> waiting = waiter(() -> pool.acquire(MIB));
    assertWaits(waiting);
    List<Slab> small = new ArrayList<>();
    for (int i = 0; i < 256; i++) {
      small.add(pool.acquire(1 << 17));
    }
    CompletableFuture<Slab> tooMany = waiter(() -> pool.acquire(1 << 17));
    assertWaits(tooMany);
    pool.release(small.remove(0));
    small.add(tooMany.get(10, TimeUnit.SECONDS));
    small.forEach(pool::release);
    assertWaits(waiting);
    pool.release(large);
    pool.release(waiting.get(10, TimeUnit.SECONDS));
    pool.release(middle);
    assertThat(pool.lent()).isZero();
  }

  @Test
  void whoeverWaitsAsksForRelief() throws Exception {
    AtomicReference<Slab> stalled = new AtomicReference<>();
    AtomicReference<BufferPool> self = new AtomicReference<>();
    AtomicInteger reliefs = new AtomicInteger();
    BufferPool pool =
        new BufferPool(
            128L * MIB,
            0,
            () -> {
              reliefs.incrementAndGet();
              self.get().release(stalled.getAndSet(null));
            });
    self.set(pool);
    stalled.set(pool.acquire(64 * MIB));
    pool.release(pool.acquire(64 * MIB));
    assertThat(reliefs).hasValue(1);
    assertThat(pool.lent()).isZero();
  }

  @Test
  void impossibleSizesAreRefused() {
    assertThatThrownBy(() -> pool().acquire(64 * MIB + 1)).hasMessageContaining("67108865");
    assertThatThrownBy(() -> new BufferPool(127L * MIB, 0, () -> {}))
        .hasMessageContaining("too small");
  }

  @Test
  void oneConnectionGetsItsAllowanceAndNoMore() throws Exception {
    BufferPool pool = new BufferPool(1024L * MIB, 0, () -> {});
    Allowance allowance = new Allowance(pool);
    Slab first = allowance.acquire(64 * MIB);
    Slab second = allowance.acquire(32 * MIB);
    CompletableFuture<Slab> waiting = waiter(() -> allowance.acquire(64 * MIB));
    assertWaits(waiting);
    Slab beyond = allowance.acquireNow(4096);
    Slab other = new Allowance(pool).acquire(64 * MIB); // another connection is not concerned
    allowance.release(second);
    assertWaits(waiting);
    allowance.release(beyond);
    Slab third = waiting.get(10, TimeUnit.SECONDS);
    allowance.release(first);
    allowance.release(third);
    allowance.release(null);
    pool.release(other);
    assertThat(pool.lent()).isZero();
  }

  /** On a thread of its own: the common pool may have a single one, which a waiter would keep. */
  private static CompletableFuture<Slab> waiter(Supplier<Slab> acquire) {
    return CompletableFuture.supplyAsync(acquire, task -> new Thread(task, "waiter").start());
  }

  @Test
  void anInterruptDoesNotCutAWaitShort() throws Exception {
    BufferPool pool = pool();
    Slab large = pool.acquire(64 * MIB);
    CompletableFuture<Slab> acquired = new CompletableFuture<>();
    Thread thread = new Thread(() -> acquired.complete(pool.acquire(64 * MIB)));
    thread.start();
    await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
    thread.interrupt();
    assertWaits(acquired);
    pool.release(large);
    pool.release(acquired.get(10, TimeUnit.SECONDS));
    assertThat(pool.lent()).isZero();
  }
}
