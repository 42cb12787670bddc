package org.nbdcore.filter.nozero;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.CapabilityDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Support;

final class NozeroFilterTest {

  private final ModelDisk disk = new ModelDisk(1 << 20).fill(1);

  @Test
  void zeroIsNotOfferedByDefault() throws IOException {
    BlockDevice device = open();
    assertThat(device.capabilities())
        .isEqualTo(ModelDisk.ALL.withZero(Support.NONE).withFastZero(false));
    assertThat(device).isInstanceOf(CapabilityDevice.class); // no cost per request
  }

  @Test
  void emulateLetsTheServerWriteZeroes() throws IOException {
    BlockDevice device = open("zero-mode=emulate");
    assertThat(device.capabilities().zero()).isEqualTo(Support.EMULATE);
    assertThat(device).isInstanceOf(CapabilityDevice.class);
    assertThat(open("zero-mode=emulate", "fast-zero-mode=slow").capabilities().zero())
        .isEqualTo(Support.EMULATE);
  }

  @Test
  void emulateWithoutFastZeroWritesLimitedPieces() throws IOException {
    disk.withBlockSizes(1, 4096, BlockSizes.UNLIMITED);
    BlockDevice device = open("zero-mode=emulate", "fast-zero-mode=none");
    assertThat(device.capabilities().fastZero()).isFalse();
    device.zero(100, 600_000, Flags.MAY_TRIM.with(Flags.FUA));
    assertThat(disk.drainCalls())
        .containsExactly(
            "write 100+262144 flags=fua",
            "write 262244+262144 flags=fua",
            "write 524388+75712 flags=fua");
    assertThat(Chains.read(device, 100, 600_000)).containsOnly(0);
  }

  @Test
  void ignoreExecutesFastZeroesAsWrites() throws IOException {
    BlockDevice device = open("zero-mode=emulate", "fast-zero-mode=ignore");
    assertThat(device.capabilities().fastZero()).isTrue();
    device.zero(0, 512, Flags.FAST_ZERO);
    assertThat(disk.drainCalls()).containsExactly("write 0+512");
  }

  @Test
  void notrimForwardsZeroesWithoutMayTrim() throws IOException {
    BlockDevice device = open("zero-mode=notrim");
    device.zero(0, 512, Flags.MAY_TRIM.with(Flags.FUA));
    device.zero(0, 512, Flags.FAST_ZERO);
    assertThat(disk.drainCalls())
        .containsExactly("zero 0+512 flags=fua", "zero 0+512 flags=fast-zero");
  }

  @Test
  void pluginForwardsZeroes() throws IOException {
    BlockDevice device = open("zero-mode=plugin");
    device.zero(0, 512, Flags.MAY_TRIM);
    assertThat(disk.drainCalls()).containsExactly("zero 0+512 flags=may-trim");
    assertThat(device.capabilities()).isEqualTo(ModelDisk.ALL);
  }

  @Test
  void fastZeroModeHidesForwardsRefusesOrIgnoresFastZeroes() throws IOException {
    assertThat(open("zero-mode=plugin", "fast-zero-mode=none").capabilities())
        .isEqualTo(ModelDisk.ALL.withFastZero(false));
    disk.with(ModelDisk.ALL.withFastZero(false));
    assertThat(open("zero-mode=plugin", "fast-zero-mode=default").capabilities().fastZero())
        .isFalse();
    BlockDevice slow = open("zero-mode=plugin", "fast-zero-mode=slow");
    assertThat(slow.capabilities().fastZero()).isTrue();
    assertThatThrownBy(() -> slow.zero(0, 512, Flags.FAST_ZERO))
        .hasMessageContaining("fast-zero-mode=slow")
        .isInstanceOfSatisfying(
            NbdException.class, e -> assertThat(e.error()).isEqualTo(NbdError.ENOTSUP));
    BlockDevice ignoring = open("zero-mode=notrim", "fast-zero-mode=ignore");
    assertThat(ignoring.capabilities().fastZero()).isTrue();
    ignoring.zero(0, 512, Flags.FAST_ZERO.with(Flags.MAY_TRIM));
    assertThat(disk.drainCalls()).containsExactly("zero 0+512");
  }

  @Test
  void notrimAndPluginNeedZeroBelow() {
    disk.with(ModelDisk.ALL.withZero(Support.NONE).withFastZero(false));
    for (String mode : new String[] {"notrim", "plugin"}) {
      assertThatThrownBy(() -> open("zero-mode=" + mode))
          .hasMessage(
              "zero-mode="
                  + mode
                  + " passes zeroes on, but the layer below does not offer them;"
                  + " use zero-mode=emulate");
    }
    assertThat(disk.open.get()).isZero();
  }

  private BlockDevice open(String... pairs) throws IOException {
    return Chains.open(new NozeroFilterProvider(), disk, pairs);
  }
}
