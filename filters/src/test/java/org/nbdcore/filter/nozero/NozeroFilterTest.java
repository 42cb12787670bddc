package org.nbdcore.filter.nozero;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Support;

final class NozeroFilterTest {

  private static final int ALL_FLAGS = Flags.MAY_TRIM | Flags.FUA;

  private final ModelDisk disk = new ModelDisk(1 << 20).fill(1);

  @Test
  void byDefaultZeroIsNotOffered() throws IOException {
    BlockDevice device = open();
    assertThat(device.capabilities())
        .isEqualTo(ModelDisk.ALL.withZero(Support.NONE).withFastZero(false));
  }

  @Test
  void emulateWritesZeroesAndRefusesFastOnes() throws IOException {
    BlockDevice device = open("zeromode=emulate");
    device.zero(512, 300_000, ALL_FLAGS);
    assertThat(disk.drainCalls())
        .containsExactly("write 512+262144 flags=1", "write 262656+37856 flags=1");
    assertThat(Chains.read(device, 512, 300_000)).containsOnly(0);
    assertThat(device.capabilities().fastZero()).isTrue();
    notFast(device);
  }

  @Test
  void notrimHidesOneFlagAndPluginNone() throws IOException {
    open("zeromode=notrim").zero(0, 512, ALL_FLAGS);
    open("zeromode=plugin").zero(0, 512, ALL_FLAGS | Flags.FAST_ZERO);
    assertThat(disk.drainCalls()).containsExactly("zero 0+512 flags=1", "zero 0+512 flags=7");
  }

  @Test
  void fastZeroModes() throws IOException {
    assertThat(open("zeromode=plugin", "fastzeromode=none").capabilities().fastZero()).isFalse();
    notFast(open("zeromode=plugin", "fastzeromode=slow"));
    disk.with(ModelDisk.ALL.withFastZero(false));
    BlockDevice ignoring = open("zeromode=plugin", "fastzeromode=ignore");
    assertThat(ignoring.capabilities().fastZero()).isTrue();
    ignoring.zero(0, 512, Flags.FAST_ZERO);
    assertThat(disk.drainCalls()).containsExactly("zero 0+512");
    assertThat(open("zeromode=plugin").capabilities().fastZero()).isFalse();
  }

  @Test
  void passingModesNeedALayerThatCanZero() {
    disk.with(ModelDisk.ALL.withZero(Support.NONE));
    assertThatThrownBy(() -> open("zeromode=notrim")).hasMessageContaining("zeromode=notrim needs");
    assertThat(disk.open.get()).isZero();
  }

  private void notFast(BlockDevice device) {
    disk.drainCalls();
    assertThatThrownBy(() -> device.zero(0, 512, Flags.FAST_ZERO))
        .isInstanceOfSatisfying(
            NbdException.class, e -> assertThat(e.error()).isEqualTo(NbdError.ENOTSUP));
    assertThat(disk.drainCalls()).isEmpty();
  }

  private BlockDevice open(String... pairs) throws IOException {
    return Chains.open(new NozeroFilterProvider(), disk, pairs);
  }
}
