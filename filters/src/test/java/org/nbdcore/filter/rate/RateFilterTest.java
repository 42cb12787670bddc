package org.nbdcore.filter.rate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.nbdcore.filter.common.Chains.bytes;
import static org.nbdcore.filter.common.Chains.read;
import static org.nbdcore.filter.common.Chains.write;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.CompletionHandler;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.helpers.BlockDevices;
import org.nbdcore.testkit.CompletionProbe;
import org.nbdcore.testkit.SimulatedAsyncDevice;
import org.nbdcore.testkit.TestSession;

final class RateFilterTest {

  private static final long SECOND = 1_000_000_000L;

  private final ModelDisk disk = new ModelDisk(1 << 20);

  @Test
  void tokenBucketAllowsABurstAndThenLimitsTheRate() {
    TokenBucket bucket = new TokenBucket(new AdjustableRate(1000, Optional.empty()), 2 * SECOND);
    assertThat(bucket.take(2000, 0)).isZero();
    assertThat(bucket.take(500, 0)).isEqualTo(SECOND / 2);
    assertThat(bucket.take(500, SECOND / 2)).isEqualTo(SECOND / 2);
    assertThat(bucket.take(1000, 11 * SECOND)).isZero();
    assertThat(bucket.take(1000, 11 * SECOND)).isZero();
    assertThat(bucket.take(1000, 11 * SECOND)).isEqualTo(SECOND);
  }

  @Test
  void takeNowTakesOnlyAvailableTokens() {
    TokenBucket bucket = new TokenBucket(new AdjustableRate(1000, Optional.empty()), 2 * SECOND);
    assertThat(bucket.tryTake(2001, 0)).isFalse();
    assertThat(bucket.tryTake(1500, 0)).isTrue();
    assertThat(bucket.tryTake(501, 0)).isFalse();
    assertThat(bucket.tryTake(500, 0)).isTrue();
    bucket.refund(500);
    assertThat(bucket.tryTake(1500, SECOND)).isTrue();
    assertThat(bucket.take(1, SECOND)).isEqualTo(SECOND / 1000);
    assertThat(bucket.tryTake(1, SECOND)).as("while another one waits").isFalse();
    bucket.refund(10_000);
    assertThat(bucket.tryTake(2001, SECOND)).as("more than it holds").isFalse();
    TokenBucket unlimited = new TokenBucket(new AdjustableRate(0, Optional.empty()), SECOND);
    assertThat(unlimited.tryTake(Long.MAX_VALUE, 0)).isTrue();
  }

  /** The rate is such that a bucket takes minutes to fill. */
  @Test
  void asyncRequestsAreAcceptedWhileTokensAreAvailable() throws Exception {
    Filter filter = filter("rate=16K", "connection-rate=8K", "burstiness=100"); // 200 and 100 KiB
    TestSession one = new TestSession();
    TestSession two = new TestSession(2);
    try (SimulatedAsyncDevice below = asyncDisk()) {
      BlockDevice first = filter.open(one.request(""), request -> below);
      BlockDevice second = filter.open(two.request(""), request -> below);
      ByteBuffer buffer = ByteBuffer.allocateDirect(100 << 10);
      assertThat(BlockDevices.prefersAsync(first)).isTrue();
      startRead(first, buffer);
      CompletionHandler never = result -> {};
      assertThat(BlockDevices.readAsync(first, buffer.slice(0, 50 << 10), 0, never)).isFalse();
      startRead(second, buffer); // the shared bucket still has enough
      assertThat(BlockDevices.readAsync(second, buffer.slice(0, 512), 0, never)).isFalse();
      assertThat(
              BlockDevices.writeAsync(first, buffer.clear(), 0, Flags.NONE, new CompletionProbe()))
          .isTrue();
      assertThat(BlockDevices.writeAsync(first, buffer.clear(), 0, Flags.NONE, never)).isFalse();
      assertThat(one.sleeps()).isEmpty();
      first.read(buffer.clear(), 0);
      assertThat(one.sleeps()).hasSize(1);
      below.release();
      below.awaitCompletions();
    }
  }

  @Test
  void declinedAsyncRequestIsCountedOnce() throws IOException {
    TestSession session = new TestSession();
    try (BlockDevice device = filter("rate=8K", "burstiness=100").open(session.request(""), disk)) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(100 << 10);
      assertThat(BlockDevices.readAsync(device, buffer, 0, result -> {})).isFalse();
      assertThat(BlockDevices.writeAsync(device, buffer, 0, Flags.NONE, result -> {})).isFalse();
      device.read(buffer.clear(), 0);
      device.write(buffer.clear(), 0, Flags.NONE);
      assertThat(session.sleeps()).isEmpty();
    }
  }

  /** All requests are asynchronous. */
  private SimulatedAsyncDevice asyncDisk() throws IOException {
    SimulatedAsyncDevice device =
        new SimulatedAsyncDevice(disk.open(new TestSession().request("")), 1);
    device.hold();
    return device;
  }

  private static void startRead(BlockDevice device, ByteBuffer buffer) throws IOException {
    assertThat(BlockDevices.readAsync(device, buffer.clear(), 0, new CompletionProbe())).isTrue();
  }

  @Test
  void connectionsShareTheRateAndReadsAndWritesDoNot() throws IOException {
    Filter filter = filter("rate=80K", "burstiness=1"); // 10 KiB a second
    TestSession one = new TestSession();
    TestSession two = new TestSession(2);
    BlockDevice first = filter.open(one.request(""), disk);
    BlockDevice second = filter.open(two.request(""), disk);
    read(first, 0, 10240);
    read(second, 0, 10240);
    write(first, 0, bytes(1, 10240), Flags.NONE);
    assertThat(one.sleeps()).isEmpty();
    assertThat(two.sleeps()).hasSize(1);
    assertThat(two.sleeps().get(0)).isCloseTo(SECOND, within(SECOND / 5));
  }

  @Test
  void connectionRateAppliesToEachConnection() throws IOException {
    Filter filter = filter("connection-rate=80K", "burstiness=1");
    TestSession one = new TestSession();
    TestSession two = new TestSession(2);
    BlockDevice first = filter.open(one.request(""), disk);
    BlockDevice second = filter.open(two.request(""), disk);
    read(first, 0, 10240);
    read(second, 0, 10240);
    assertThat(two.sleeps()).isEmpty();
    read(second, 0, 10240);
    assertThat(one.sleeps()).isEmpty();
    assertThat(two.sleeps()).hasSize(1);
  }

  @Test
  void requestsWithoutDataAreNotLimited() throws IOException {
    TestSession session = new TestSession();
    BlockDevice device = filter("rate=1", "burstiness=1").open(session.request(""), disk);
    device.zero(0, 512, Flags.NONE);
    device.trim(0, 512, Flags.NONE);
    device.cache(0, 512);
    Chains.extents(device, 0, 512, Flags.NONE);
    device.flush();
    assertThat(session.sleeps()).isEmpty();
  }

  @Test
  void rateFileChangesTheRateAtRunTime(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("rate");
    AdjustableRate rate = new AdjustableRate(1000, Optional.of(file));
    assertThat(rate.bitsPerSecond(0)).isEqualTo(1000);
    Files.writeString(file, "2K\n");
    assertThat(rate.bitsPerSecond(AdjustableRate.CHECK_NANOS - 1)).isEqualTo(1000);
    assertThat(rate.bitsPerSecond(AdjustableRate.CHECK_NANOS)).isEqualTo(2048);
    Files.writeString(file, "nonsense");
    assertThat(rate.bitsPerSecond(2 * AdjustableRate.CHECK_NANOS)).isEqualTo(2048);
    Files.delete(file);
    assertThat(rate.bitsPerSecond(3 * AdjustableRate.CHECK_NANOS)).isEqualTo(2048);
  }

  @Test
  void rateFileAndConnectionRateFileAreRead(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("rate");
    Files.writeString(file, "8K");
    for (String key : new String[] {"rate-file", "connection-rate-file"}) {
      TestSession session = new TestSession();
      read(filter(key + "=" + file).open(session.request(""), disk), 0, 65536);
      assertThat(session.sleeps()).as(key).hasSize(1);
    }
  }

  private static Filter filter(String... pairs) {
    return Chains.filter(new RateFilterProvider(), pairs);
  }
}
