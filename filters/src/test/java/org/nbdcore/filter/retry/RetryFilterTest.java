package org.nbdcore.filter.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nbdcore.filter.common.Chains.bytes;
import static org.nbdcore.filter.common.Chains.read;
import static org.nbdcore.filter.common.Chains.write;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.filter.common.RandomOperations;
import org.nbdcore.filter.common.RecordingSession;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.LostWritesException;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

@Tag("stress")
@Timeout(60)
final class RetryFilterTest {

  private static final long SECOND = 1_000_000_000L;

  private final ModelDisk disk = new ModelDisk(1 << 18).fill(1);
  private final RecordingSession session = new RecordingSession();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void stopThreads() {
    threads.shutdownNow();
  }

  @Test
  void aFailedReadIsRepeatedOnAReopenedDisk() throws IOException {
    BlockDevice device = open();
    failNext("read", 1);
    assertThat(read(device, 0, 512)).isEqualTo(java.util.Arrays.copyOf(disk.bytes, 512));
    assertThat(disk.drainCalls()).containsExactly("read 0+512", "read 0+512");
    assertThat(disk.opened).hasSize(2);
    assertThat(disk.open.get()).isEqualTo(1);
    assertThat(session.slept).containsExactly(0L, 2 * SECOND);
  }

  @Test
  void failuresRetriesAndReopeningsAreCounted() throws IOException {
    Filter filter = Chains.filter(new RetryFilterProvider(), "retries=2");
    BlockDevice device = filter.open(session.request(""), disk);
    failNext("read", 1);
    read(device, 0, 512);
    assertThat(counters(filter))
        .isEqualTo(Map.of("failures", 1.0, "retries", 1.0, "reopenings", 1.0));
    failNext("write", 100);
    assertThatThrownBy(() -> write(device, 0, bytes(1, 8), Flags.NONE))
        .hasMessage("planted in write");
    assertThat(counters(filter))
        .isEqualTo(Map.of("failures", 4.0, "retries", 3.0, "reopenings", 3.0));
  }

  private static Map<String, Double> counters(Filter filter) {
    Map<String, Double> counters = new TreeMap<>();
    filter.counters((name, help, label, labelValue, value) -> counters.put(name, value));
    return counters;
  }

  @Test
  void everyOperationIsRepeated() throws IOException {
    BlockDevice device = open();
    for (String operation : List.of("write", "flush", "trim", "zero", "extents", "cache")) {
      failNext(operation, 1);
      write(device, 0, bytes(1, 8), Flags.FUA);
      device.flush();
      device.trim(0, 8, Flags.NONE);
      device.zero(0, 8, Flags.NONE);
      Chains.extents(device, 0, 8, Flags.NONE);
      device.cache(0, 8);
    }
    assertThat(disk.opened).hasSize(7);
  }

  @Test
  void delaysDoubleAndAfterFiveRetriesTheErrorReachesTheClient() throws IOException {
    BlockDevice device = open();
    failNext("read", 100);
    assertThatThrownBy(() -> read(device, 0, 512)).hasMessage("planted in read");
    assertThat(session.slept)
        .containsExactly(0L, 2 * SECOND, 4 * SECOND, 8 * SECOND, 16 * SECOND, 32 * SECOND);
    assertThat(disk.drainCalls()).hasSize(6);
  }

  @Test
  void delayCountAndGrowthAreParameters() throws IOException {
    BlockDevice device = open("retries=3", "retry-delay=10ms", "retry-exponential=no");
    failNext("read", 100);
    assertThatThrownBy(() -> read(device, 0, 512)).hasMessage("planted in read");
    assertThat(session.slept).containsExactly(0L, 10_000_000L, 10_000_000L, 10_000_000L);
  }

  @Test
  void openingIsRetriedToo() throws IOException {
    failNext("open", 3);
    assertThat(open().size()).isEqualTo(1 << 18);
    assertThat(session.slept).containsExactly(0L, 2 * SECOND, 4 * SECOND, 8 * SECOND);
    failNext("open", 3);
    assertThatThrownBy(() -> open("retries=2")).hasMessage("planted in open");
    assertThat(disk.open.get()).isEqualTo(1);
  }

  @Test
  void failedReopeningsCountAsRetriesAndALaterRequestStartsAfresh() throws IOException {
    BlockDevice device = open("retries=2");
    failNext("read", 1);
    AtomicInteger opens = new AtomicInteger(2);
    ModelDisk.Hook failing = disk.hook;
    disk.hook =
        (operation, offset, length, flags) -> {
          if (operation.equals("open") && opens.getAndDecrement() > 0) {
            throw new IOException("still down");
          }
          failing.before(operation, offset, length, flags);
        };
    assertThatThrownBy(() -> read(device, 0, 512)).hasMessage("still down");
    assertThat(disk.open.get()).isZero();
    read(device, 0, 512);
    assertThat(disk.open.get()).isEqualTo(1);
    device.close();
    assertThat(disk.open.get()).isZero();
  }

  @Test
  void readonlyTakesTheRightToWriteAwayAfterAFailure() throws IOException {
    BlockDevice device = open("retry-readonly=yes");
    failNext("read", 1);
    read(device, 0, 512);
    assertThat(disk.opened.get(1).readOnly()).isTrue();
    assertThatThrownBy(() -> write(device, 0, bytes(1, 8), Flags.NONE))
        .isInstanceOfSatisfying(
            NbdException.class, e -> assertThat(e.error()).isEqualTo(NbdError.EPERM));
    assertThat(disk.opened).hasSize(2);
    write(
        open("retry-readonly=yes"),
        0,
        bytes(1, 8),
        Flags.NONE); // another connection is not affected
  }

  @Test
  void aFastZeroThatIsNotFastIsNoFailure() throws IOException {
    BlockDevice device = open();
    disk.hook =
        (operation, offset, length, flags) -> {
          throw new NbdException(NbdError.ENOTSUP, "slow");
        };
    assertThatThrownBy(() -> device.zero(0, 512, Flags.FAST_ZERO)).hasMessage("slow");
    assertThat(disk.opened).hasSize(1);
  }

  @Test
  void aDiskThatChangedIsNotAccepted() throws IOException {
    BlockDevice device = open("retries=1");
    failNext("read", 1);
    disk.capabilities = disk.capabilities.withTrim(false);
    assertThatThrownBy(() -> read(device, 0, 512))
        .hasMessage("the disk was reopened, but it no longer offers trim");
    assertThat(disk.open.get()).isZero();
    disk.capabilities = ModelDisk.ALL;
    read(device, 0, 512);
  }

  @Test
  void aClientThatHasGoneEndsTheRetries() throws IOException {
    BlockDevice device = open();
    failNext("read", 100);
    session.leave();
    assertThatThrownBy(() -> read(device, 0, 512)).isInstanceOf(IOException.class);
    assertThat(disk.drainCalls()).hasSize(1);
  }

  @Test
  void requestsThatFailTogetherReopenOnce() throws Exception {
    BlockDevice device = open();
    int count = 8;
    CountDownLatch all = new CountDownLatch(count);
    AtomicInteger failing = new AtomicInteger(count);
    disk.hook =
        (operation, offset, length, flags) -> {
          if (operation.equals("read") && failing.getAndDecrement() > 0) {
            all.countDown();
            await(all);
            throw new IOException("all at once");
          }
        };
    List<Future<?>> running = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int at = i * 512;
      running.add(threads.submit(() -> read(device, at, 512)));
    }
    for (Future<?> future : running) {
      future.get(30, TimeUnit.SECONDS);
    }
    assertThat(disk.opened).hasSize(2);
    assertThat(disk.open.get()).isEqualTo(1);
  }

  /** A disk that is gone is not asked once more by each request that waited meanwhile. */
  @Test
  void whoWaitedForAReopeningThatFailedIsToldOfThatFailure() throws Exception {
    BlockDevice device = open("retries=1");
    CountDownLatch opening = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    AtomicInteger opens = new AtomicInteger();
    disk.hook =
        (operation, offset, length, flags) -> {
          if (operation.equals("open")) {
            opens.incrementAndGet();
            opening.countDown();
            await(go);
            throw new IOException("still down");
          }
          throw new IOException("planted");
        };
    FutureTask<byte[]> first = new FutureTask<>(() -> read(device, 0, 512));
    start(first);
    await(opening);
    List<FutureTask<byte[]>> waiting = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      FutureTask<byte[]> other = new FutureTask<>(() -> read(device, 0, 512));
      waiting.add(other);
      awaitWaitingOrEnd(start(other));
    }
    go.countDown();
    assertThatThrownBy(() -> first.get(30, TimeUnit.SECONDS)).hasRootCauseMessage("still down");
    for (FutureTask<byte[]> other : waiting) {
      assertThatThrownBy(() -> other.get(30, TimeUnit.SECONDS)).hasRootCauseMessage("still down");
    }
    assertThat(opens).as("attempts to reopen").hasValue(1);
  }

  private static Thread start(FutureTask<?> task) {
    Thread thread = new Thread(task, "reader");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /** Its plugin would have the ground taken from under its feet. */
  @Test
  void aFailedDiskIsNotClosedWhileAnotherRequestIsInIt() throws Exception {
    BlockDevice device = open();
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    AtomicInteger flushes = new AtomicInteger();
    disk.hook =
        (operation, offset, length, flags) -> {
          if (operation.equals("read")) {
            inside.countDown();
            await(go);
          } else if (operation.equals("flush") && flushes.getAndIncrement() == 0) {
            throw new IOException("planted");
          }
        };
    Future<byte[]> held = threads.submit(() -> read(device, 0, 512));
    await(inside);
    FutureTask<Void> failing =
        new FutureTask<>(
            () -> {
              device.flush();
              return null;
            });
    Thread thread = new Thread(failing, "failing");
    thread.setDaemon(true);
    thread.start();
    awaitWaitingOrEnd(thread);
    assertThat(disk.opened).as("times it was opened while a read was in progress").hasSize(1);
    assertThat(disk.open.get()).as("devices that were not closed").isEqualTo(1);
    go.countDown();
    failing.get(30, TimeUnit.SECONDS);
    assertThat(held.get(30, TimeUnit.SECONDS)).isEqualTo(java.util.Arrays.copyOf(disk.bytes, 512));
    assertThat(disk.opened).hasSize(2);
    assertThat(disk.open.get()).isEqualTo(1);
  }

  @Test
  void aFailedDiskThatCannotEvenBeClosedIsReplaced() throws IOException {
    Backend below =
        request ->
            new FilterBlockDevice(disk.open(request)) {
              @Override
              public void close() throws IOException {
                next.close();
                throw new IllegalStateException("planted in close");
              }
            };
    BlockDevice device = Chains.filter(new RetryFilterProvider()).open(session.request(""), below);
    failNext("read", 1);
    assertThat(read(device, 0, 512)).isEqualTo(java.util.Arrays.copyOf(disk.bytes, 512));
    assertThat(disk.open.get()).isEqualTo(1);
  }

  @Test
  void aFlushThatTellsOfLostWritesIsNotRepeated() throws IOException {
    BlockDevice device = open();
    write(device, 0, bytes(1, 512), Flags.NONE);
    AtomicInteger flushes = new AtomicInteger();
    disk.hook =
        (operation, offset, length, flags) -> {
          if (operation.equals("flush") && flushes.getAndIncrement() == 0) {
            throw new LostWritesException("planted in flush");
          }
        };
    assertThatThrownBy(device::flush).isInstanceOf(LostWritesException.class);
    assertThat(flushes.get()).isEqualTo(1);
    assertThat(disk.opened).hasSize(1);
    device.flush();
  }

  @Test
  void aLossThatADiskTellsWhenItIsReplacedFailsTheNextFlushOnce() throws IOException {
    AtomicInteger closes = new AtomicInteger();
    Backend below =
        request ->
            new FilterBlockDevice(disk.open(request)) {
              @Override
              public void close() throws IOException {
                next.close();
                if (closes.getAndIncrement() == 0) {
                  throw new LostWritesException("planted in close");
                }
              }
            };
    BlockDevice device = Chains.filter(new RetryFilterProvider()).open(session.request(""), below);
    write(device, 0, bytes(1, 512), Flags.NONE);
    failNext("read", 1);
    read(device, 0, 512);
    assertThatThrownBy(device::flush)
        .isInstanceOf(LostWritesException.class)
        .hasMessage("planted in close");
    device.flush();
    device.close();
  }

  @Test
  void aLossThatNoFlushHasToldIsToldByClose() throws IOException {
    AtomicInteger closes = new AtomicInteger();
    Backend below =
        request ->
            new FilterBlockDevice(disk.open(request)) {
              @Override
              public void close() throws IOException {
                next.close();
                if (closes.getAndIncrement() == 0) {
                  throw new LostWritesException("planted in close");
                }
              }
            };
    BlockDevice device = Chains.filter(new RetryFilterProvider()).open(session.request(""), below);
    failNext("read", 1);
    read(device, 0, 512);
    assertThatThrownBy(device::close).isInstanceOf(LostWritesException.class);
    assertThat(disk.open.get()).isZero();
  }

  @Test
  void manyThreadsOverADiskThatKeepsFailingSeeNoWrongByte() throws Exception {
    long seed = new Random().nextLong();
    Random faults = new Random(seed);
    BlockDevice device = open("retries=1000", "retry-delay=1ns", "retry-exponential=no");
    List<RandomOperations> parts = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      parts.add(new RandomOperations(device, seed + i, i * 30_000, (i + 1) * 30_000, 3000));
    }
    disk.hook =
        (operation, offset, length, flags) -> {
          synchronized (faults) {
            if (faults.nextInt(50) == 0) {
              throw new IOException("planted");
            }
          }
        };
    List<Future<?>> running = new ArrayList<>();
    for (RandomOperations part : parts) {
      running.add(
          threads.submit(
              () -> {
                part.run(1000);
                return null;
              }));
    }
    for (Future<?> future : running) {
      assertThat(future).as("seed " + seed).succeedsWithin(50, TimeUnit.SECONDS);
    }
    device.close();
    assertThat(disk.open.get()).isZero();
  }

  private BlockDevice open(String... pairs) throws IOException {
    return Chains.filter(new RetryFilterProvider(), pairs).open(session.request(""), disk);
  }

  private void failNext(String operation, int times) {
    AtomicInteger left = new AtomicInteger(times);
    disk.hook =
        (called, offset, length, flags) -> {
          if (called.equals(operation) && left.getAndDecrement() > 0) {
            throw new IOException("planted in " + operation);
          }
        };
  }

  private static void awaitWaitingOrEnd(Thread thread) {
    while (thread.getState() != Thread.State.WAITING
        && thread.getState() != Thread.State.TERMINATED) {
      Thread.onSpinWait();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
