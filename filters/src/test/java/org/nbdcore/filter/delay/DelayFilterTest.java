package org.nbdcore.filter.delay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Support;
import org.nbdcore.testkit.TestSession;

final class DelayFilterTest {

  private static final long MS = 1_000_000L;
  private static final DelayFilterProvider PROVIDER = new DelayFilterProvider();

  private final ModelDisk disk = new ModelDisk(65536).fill(1);
  private final TestSession session = new TestSession();

  @Test
  void cacheDiscardsIsSetIfReadsAreDelayed() throws IOException {
    ModelDisk below = new ModelDisk(4096);
    BlockDevice reading = Chains.open(new DelayFilterProvider(), below, "rdelay=1ms");
    BlockDevice writing = Chains.open(new DelayFilterProvider(), below, "wdelay=1ms");
    assertThat(reading.capabilities()).isEqualTo(ModelDisk.ALL.withCacheDiscards(true));
    assertThat(writing.capabilities()).isEqualTo(ModelDisk.ALL);
  }

  @Test
  void nothingIsDelayedByDefault() throws IOException {
    everyOperation(open());
    assertThat(session.sleeps()).isEmpty();
  }

  @Test
  void eachParameterDelaysOnlyItsOperation() throws IOException {
    assertThat(delays("rdelay=3ms")).containsExactly(3 * MS);
    assertThat(delays("delay-read=1.5")).containsExactly(1500 * MS);
    assertThat(delays("delay-write=4ms")).containsExactly(4 * MS);
    assertThat(delays("delay-trim=5us")).containsExactly(5000L);
    assertThat(delays("delay-zero=1.2μs")).containsExactly(1200L);
    assertThat(delays("delay-extents=7ns")).containsExactly(7L);
    assertThat(delays("delay-cache=8ms")).containsExactly(8 * MS);
    assertThat(delays("delay-open=9s")).containsExactly(9000 * MS);
    assertThat(delays("wdelay=10ms")).containsExactly(10 * MS, 10 * MS, 10 * MS);
  }

  @Test
  void lastKeyForAnOperationWins() throws IOException {
    assertThat(delays("delay-zero=1ms", "wdelay=2ms")).containsExactly(2 * MS, 2 * MS, 2 * MS);
    assertThat(delays("wdelay=2ms", "delay-zero=1ms")).containsExactly(2 * MS, 2 * MS, 1 * MS);
    assertThat(delays("rdelay=1ms", "delay-read=0")).isEmpty();
  }

  @Test
  void nothingIsDelayedOrRefusedUntilTheTriggerExists(@TempDir Path folder) throws IOException {
    Path trigger = folder.resolve("trigger");
    BlockDevice device =
        open(
            "delay-trigger=" + trigger,
            "delay-reads=1ms",
            "delay-open=2ms",
            "delay-fast-zero=false");
    Chains.read(device, 0, 512);
    device.zero(0, 512, Flags.FAST_ZERO);
    assertThat(session.sleeps()).isEmpty();
    Files.createFile(trigger);
    Chains.read(device, 0, 512);
    assertThatThrownBy(() -> device.zero(0, 512, Flags.FAST_ZERO)).isInstanceOf(NbdException.class);
    assertThat(session.sleeps()).containsExactly(MS);
    Files.delete(trigger);
    Chains.read(device, 0, 512);
    assertThat(session.sleeps()).hasSize(1);
  }

  @Test
  void closeIsDelayedAlsoAfterTheClientDisconnected() throws IOException {
    BlockDevice device = open("delay-close=20ms");
    session.disconnectClient();
    long start = System.nanoTime();
    device.close();
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(20 * MS);
    assertThat(disk.open.get()).isZero();
  }

  @Test
  void fastZeroesAreDelayedOrRefusedAtOnce() throws IOException {
    disk.with(ModelDisk.ALL.withFastZero(false));
    assertThat(open().capabilities().fastZero()).isFalse();
    BlockDevice refusing = open("delay-zero=1ms", "delay-fast-zero=false");
    assertThat(refusing.capabilities().fastZero()).isTrue();
    assertThatThrownBy(() -> refusing.zero(0, 512, Flags.FAST_ZERO))
        .isInstanceOfSatisfying(
            NbdException.class, e -> assertThat(e.error()).isEqualTo(NbdError.ENOTSUP))
        .hasMessageContaining("delay-fast-zero=false");
    assertThat(session.sleeps()).isEmpty();
    disk.with(ModelDisk.ALL);
    open("delay-zero=1ms").zero(0, 512, Flags.FAST_ZERO);
    assertThat(session.sleeps()).containsExactly(MS);
    disk.with(ModelDisk.ALL.withZero(Support.NONE).withFastZero(false));
    assertThat(open("delay-fast-zero=false").capabilities().fastZero()).isFalse();
  }

  @Test
  void delayEndsIfTheClientHasDisconnected() throws IOException {
    BlockDevice device = open("rdelay=1");
    session.disconnectClient();
    assertThatThrownBy(() -> Chains.read(device, 0, 512)).hasMessage("the client has gone");
    assertThat(disk.drainCalls()).isEmpty();
  }

  @Test
  void invalidDurationIsRefused() {
    assertThatThrownBy(() -> Chains.configure(PROVIDER, "wdelay=5m"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("wdelay must be a time such as 10, 1.5s, 100ms, 20us or 5ns, not '5m'");
  }

  private BlockDevice open(String... pairs) throws IOException {
    return open(session, pairs);
  }

  private BlockDevice open(TestSession client, String... pairs) throws IOException {
    return Chains.filter(PROVIDER, pairs).open(client.request(""), disk);
  }

  /** Returns the delays of open and of one call of each operation, in order. */
  private List<Long> delays(String... pairs) throws IOException {
    TestSession client = new TestSession();
    everyOperation(open(client, pairs));
    return client.sleeps();
  }

  private static void everyOperation(BlockDevice device) throws IOException {
    Chains.read(device, 0, 512);
    Chains.write(device, 0, Chains.bytes(1, 512), Flags.NONE);
    device.flush();
    device.trim(0, 512, Flags.NONE);
    device.zero(0, 512, Flags.NONE);
    Chains.extents(device, 0, 512, Flags.NONE);
    device.cache(0, 512);
    device.close();
  }
}
