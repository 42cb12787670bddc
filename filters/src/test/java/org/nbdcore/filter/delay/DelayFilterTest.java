package org.nbdcore.filter.delay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nbdcore.filter.common.Chains.bytes;
import static org.nbdcore.filter.common.Chains.read;
import static org.nbdcore.filter.common.Chains.write;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.filter.common.TestSession;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

final class DelayFilterTest {

  private static final long MS = 1_000_000;

  private final ModelDisk disk = new ModelDisk(65536);
  private final TestSession session = new TestSession();

  @Test
  void eachOperationHasItsOwnDelay() throws IOException {
    everything(
        open(
            "delay-read=1ms",
            "delay-write=2ms",
            "delay-zero=3ms",
            "delay-trim=4ms",
            "delay-extents=5ms",
            "delay-cache=6ms",
            "delay-open=7ms",
            "delay-close=8ms"));
    assertThat(session.slept)
        .containsExactly(7 * MS, 1 * MS, 2 * MS, 3 * MS, 4 * MS, 5 * MS, 6 * MS, 8 * MS);
  }

  @Test
  void rdelayAndWdelayStandForSeveral() throws IOException {
    everything(open("rdelay=1", "wdelay=2ms", "delay-trim=9ms"));
    assertThat(session.slept).containsExactly(1000 * MS, 2 * MS, 2 * MS, 9 * MS);
  }

  @Test
  void withoutParametersNothingWaits() throws IOException {
    everything(open());
    assertThat(session.slept).isEmpty();
  }

  @Test
  void fastZeroCanBeRefusedWithoutWaiting() throws IOException {
    disk.with(ModelDisk.ALL.withFastZero(false));
    BlockDevice device = open("delay-zero=1", "delay-fast-zero=false");
    assertThat(device.capabilities().fastZero()).isTrue();
    assertThatThrownBy(() -> device.zero(0, 512, Flags.FAST_ZERO))
        .isInstanceOfSatisfying(
            NbdException.class, e -> assertThat(e.error()).isEqualTo(NbdError.ENOTSUP));
    assertThat(session.slept).isEmpty();
  }

  @Test
  void aClientThatHasGoneDoesNotKeepTheDiskOpen() throws IOException {
    BlockDevice device = open("delay-close=1");
    session.leave();
    device.close();
    assertThat(disk.open.get()).isZero();
  }

  private static void everything(BlockDevice device) throws IOException {
    read(device, 0, 512);
    write(device, 0, bytes(1, 512), 0);
    device.zero(0, 512, 0);
    device.trim(0, 512, 0);
    Chains.extents(device, 0, 512, 0);
    device.cache(0, 512);
    device.flush();
    device.close();
  }

  private BlockDevice open(String... pairs) throws IOException {
    return Chains.filter(new DelayFilterProvider(), pairs).open(session.request(""), disk);
  }
}
