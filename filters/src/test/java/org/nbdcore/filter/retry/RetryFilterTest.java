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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.filter.common.RandomOperations;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.testkit.TestSession;

@Tag("stress")
@Timeout(60)
final class RetryFilterTest {

  private static final long SECOND = 1_000_000_000L;

  private final ModelDisk disk = new ModelDisk(1 << 18).fill(1);
  private final TestSession session = new TestSession();

  @AutoClose("shutdownNow")
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @Test
  void aFailedReadIsRepeatedOnAReopenedDisk() throws IOException {
    BlockDevice device = open();
    disk.failNext("read", 1);
    assertThat(read(device, 0, 512)).isEqualTo(java.util.Arrays.copyOf(disk.bytes, 512));
    assertThat(disk.drainCalls()).containsExactly("read 0+512", "read 0+512");
    assertThat(disk.opened).hasSize(2);
    assertThat(disk.open.get()).isEqualTo(1);
    assertThat(session.sleeps()).containsExactly(0L, 2 * SECOND);
  }

  @Test
  void failuresRetriesAndReopeningsAreCounted() throws IOException {
    Filter filter = Chains.filter(new RetryFilterProvider(), "retries=2");
    BlockDevice device = filter.open(session.request(""), disk);
    disk.failNext("read", 1);
    read(device, 0, 512);
    assertThat(counters(filter))
        .isEqualTo(Map.of("failures", 1.0, "retries", 1.0, "reopenings", 1.0));
    disk.failNext("write", 100);
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
      disk.failNext(operation, 1);
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
    disk.failNext("read", 100);
    assertThatThrownBy(() -> read(device, 0, 512)).hasMessage("planted in read");
    assertThat(session.sleeps())
        .containsExactly(0L, 2 * SECOND, 4 * SECOND, 8 * SECOND, 16 * SECOND, 32 * SECOND);
    assertThat(disk.drainCalls()).hasSize(6);
  }

  @Test
  void delayCountAndGrowthAreParameters() throws IOException {
    BlockDevice device = open("retries=3", "retry-delay=10ms", "retry-exponential=no");
    disk.failNext("read", 100);
    assertThatThrownBy(() -> read(device, 0, 512)).hasMessage("planted in read");
    assertThat(session.sleeps()).containsExactly(0L, 10_000_000L, 10_000_000L, 10_000_000L);
  }

  @Test
  void openingIsRetriedToo() throws IOException {
    disk.failNext("open", 3);
    assertThat(open().size()).isEqualTo(1 << 18);
    assertThat(session.sleeps()).containsExactly(0L, 2 * SECOND, 4 * SECOND, 8 * SECOND);
    disk.failNext("open", 3);
    assertThatThrownBy(() -> open("retries=2")).hasMessage("planted in open");
    assertThat(disk.open.get()).isEqualTo(1);
  }

  @Test
  void failedReopeningsCountAsRetriesAndALaterRequestStartsAfresh() throws IOException {
    BlockDevice device = open("retries=2");
    disk.failNext("read", 1);
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
  void readonlyRefusesWritesAfterAFailure() throws IOException {
    BlockDevice device = open("retry-readonly=yes");
    disk.failNext("read", 1);
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
  void refusedFastZeroIsNotRetried() throws IOException {
    BlockDevice device = open();
    disk.hook =
        (operation, offset, length, flags) -> {
          throw new NbdException(NbdError.ENOTSUP, "slow");
        };
    assertThatThrownBy(() -> device.zero(0, 512, Flags.FAST_ZERO)).hasMessage("slow");
    assertThat(disk.opened).hasSize(1);
  }

  @Test
  void reopenedDiskWithOtherCapabilitiesIsRefused() throws IOException {
    BlockDevice device = open("retries=1");
    disk.failNext("read", 1);
    disk.capabilities = disk.capabilities.withTrim(false);
    assertThatThrownBy(() -> read(device, 0, 512))
        .hasMessage("the disk was reopened, but it no longer offers trim");
    assertThat(disk.open.get()).isZero();
    disk.capabilities = ModelDisk.ALL;
    read(device, 0, 512);
  }

  @Test
  void retriesEndWhenTheClientDisconnects() throws IOException {
    BlockDevice device = open();
    disk.failNext("read", 100);
    session.disconnectClient();
    assertThatThrownBy(() -> read(device, 0, 512)).isInstanceOf(IOException.class);
    assertThat(disk.drainCalls()).hasSize(1);
  }

  @Test
  void eightThreadsAboveAFailingDiskReadCorrectData() throws Exception {
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
}
