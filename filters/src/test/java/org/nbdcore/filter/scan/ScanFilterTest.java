package org.nbdcore.filter.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nbdcore.filter.common.Chains.read;

import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.StartContext;
import org.nbdcore.spi.Support;
import org.nbdcore.spi.ThreadModel;

@Timeout(30)
final class ScanFilterTest {

  private static final int STEP = 1 << 16;

  private final ModelDisk disk = new ModelDisk(5 * STEP + 4096);

  /** Each permit lets one cache call through. */
  private final Semaphore steps = new Semaphore(0);

  @AfterEach
  void assertNoBreaches() {
    assertThat(disk.breaches).isEmpty();
  }

  @Test
  void theDiskIsScannedOnceToItsEnd() throws IOException {
    Filter filter = started("scan-size=64K");
    BlockDevice device = Chains.open(filter, disk);
    awaitCalls(6);
    device.close();
    assertThat(disk.drainCalls())
        .containsExactly(
            "cache 0+65536",
            "cache 65536+65536",
            "cache 131072+65536",
            "cache 196608+65536",
            "cache 262144+65536",
            "cache 327680+4096");
    Chains.open(filter, disk).close();
    assertThat(disk.drainCalls()).isEmpty();
    assertThat(disk.open.get()).isZero();
  }

  @Test
  void nothingIsScannedIfTheLayerBelowDiscardsCacheRequests() throws IOException {
    disk.with(ModelDisk.ALL.withCacheDiscards(true));
    Chains.open(started("scan-forever=true"), disk).close();
    assertThat(disk.drainCalls()).isEmpty();
  }

  @Test
  void defaultStepIsTwoMegabytes() throws IOException {
    ModelDisk large = new ModelDisk((4 << 20) + 4096);
    Filter filter = Chains.filter(new ScanFilterProvider());
    filter.start(large, StartContext.NONE);
    BlockDevice device = Chains.open(filter, large);
    awaitCalls(large, 3);
    device.close();
    assertThat(large.drainCalls())
        .containsExactly("cache 0+2097152", "cache 2097152+2097152", "cache 4194304+4096");
  }

  @Test
  void theScanSkipsAheadOfTheClient() throws IOException {
    scanStepByStep();
    BlockDevice device = Chains.open(started("scan-size=64K"), disk);
    awaitCalls(1);
    read(device, 3 * STEP, 512);
    finish(device);
    assertThat(disk.drainCalls())
        .contains("cache 262144+65536")
        .doesNotContain("cache 131072+65536", "cache 196608+65536");
  }

  @Test
  void withoutScanAheadTheScanDoesNotSkip() throws IOException {
    scanStepByStep();
    BlockDevice device = Chains.open(started("scan-size=64K", "scan-ahead=false"), disk);
    awaitCalls(1);
    read(device, 3 * STEP, 512);
    finish(device);
    assertThat(disk.drainCalls()).contains("cache 131072+65536", "cache 196608+65536");
  }

  @Test
  void scanPausesWithoutClientsAndContinues() throws IOException {
    scanStepByStep();
    Filter filter = started("scan-size=64K");
    oneStep(filter);
    assertThat(oneStep(filter)).isNotEqualTo("cache 0+65536");
  }

  @Test
  void withoutScanClockEachFirstClientRestartsTheScan() throws IOException {
    scanStepByStep();
    Filter filter = started("scan-size=64K", "scan-clock=false");
    oneStep(filter);
    assertThat(oneStep(filter)).isEqualTo("cache 0+65536");
  }

  @Test
  void scanForeverRestartsAtTheEnd() throws IOException {
    BlockDevice device = Chains.open(started("scan-size=64K", "scan-forever=true"), disk);
    awaitCalls(20);
    device.close();
    assertThat(disk.drainCalls()).filteredOn("cache 0+65536"::equals).hasSizeGreaterThan(2);
  }

  @Test
  void otherExportsAndUnsuitableDisksAreNotScanned() throws IOException {
    started().open(OpenRequest.detached("other", false), disk).close();
    disk.with(ModelDisk.ALL.withCache(Support.NONE));
    Chains.open(started(), disk).close();
    disk.with(ModelDisk.ALL);
    disk.threadModel = ThreadModel.SERIALIZE_REQUESTS;
    Chains.open(started(), disk).close();
    assertThat(disk.drainCalls()).isEmpty();
  }

  @Test
  void stepsThatAreNoPowerOfTwoAreRefused() {
    assertThatThrownBy(() -> Chains.configure(new ScanFilterProvider(), "scan-size=3M"))
        .hasMessage("scan-size must be a power of two between 512 and 1G, not 3145728");
  }

  private Filter started(String... pairs) throws IOException {
    Filter filter = Chains.filter(new ScanFilterProvider(), pairs);
    filter.start(disk, StartContext.NONE);
    return filter;
  }

  private void scanStepByStep() {
    disk.hook =
        (operation, offset, length, flags) -> {
          if (operation.equals("cache")) {
            steps.acquireUninterruptibly();
          }
        };
  }

  /** Connects, releases the call in progress, and closes; returns the first call. */
  private String oneStep(Filter filter) throws IOException {
    BlockDevice device = Chains.open(filter, disk);
    awaitCalls(1);
    String first = disk.calls.peek();
    Thread closer = closing(device);
    steps.release(1 + disk.bytes.length / STEP);
    join(closer);
    steps.drainPermits();
    disk.drainCalls();
    return first;
  }

  private void finish(BlockDevice device) throws IOException {
    steps.release(100);
    awaitLastStep();
    device.close();
  }

  private void awaitLastStep() {
    String last = "cache " + 5 * STEP + "+4096";
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!disk.calls.contains(last)) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.onSpinWait();
    }
  }

  private static Thread closing(BlockDevice device) {
    Thread closer =
        new Thread(
            () -> {
              try {
                device.close();
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    closer.start();
    while (closer.getState() != Thread.State.WAITING && closer.isAlive()) {
      Thread.onSpinWait();
    }
    return closer;
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void awaitCalls(int count) {
    awaitCalls(disk, count);
  }

  private static void awaitCalls(ModelDisk disk, int count) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (disk.calls.size() < count) {
      assertThat(System.nanoTime()).as("calls: " + disk.calls).isLessThan(end);
      Thread.onSpinWait();
    }
  }
}
