package org.nbdcore.filter.fua;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.CapabilityDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.Support;

final class FuaFilterTest {

  private final ModelDisk disk = new ModelDisk(65536).fill(1);

  @Test
  void fuaIsNotOfferedByDefault() throws IOException {
    assertThat(open().capabilities()).isEqualTo(ModelDisk.ALL.withFua(Support.NONE));
    assertThat(open()).isInstanceOf(CapabilityDevice.class); // no cost per request
    assertThat(open("fua-mode=none").capabilities().fua()).isEqualTo(Support.NONE);
  }

  @Test
  void emulateLetsTheServerFlush() throws IOException {
    assertThat(open("fua-mode=emulate").capabilities().fua()).isEqualTo(Support.EMULATE);
    disk.with(ModelDisk.ALL.withFlush(false));
    refused("fua-mode=emulate needs a layer below that can flush", "fua-mode=emulate");
  }

  @Test
  void nativeForwardsFuaAndNeedsItBelow() throws IOException {
    BlockDevice device = open("fua-mode=native");
    Chains.write(device, 0, new byte[512], Flags.FUA);
    assertThat(disk.drainCalls()).containsExactly("write 0+512 flags=fua");
    disk.with(ModelDisk.ALL.withFua(Support.NONE));
    refused(
        "fua-mode=native needs a layer below that can force unit access or flush",
        "fua-mode=native");
  }

  @Test
  void forceSetsFuaOnEveryChangeAndDiscardsFlushes() throws IOException {
    BlockDevice device = open("fua-mode=force");
    change(device, Flags.NONE);
    assertThat(disk.drainCalls())
        .containsExactly(
            "write 0+512 flags=fua", "trim 512+512 flags=fua", "zero 1024+512 flags=fua,may-trim");
    disk.with(ModelDisk.ALL.withFua(Support.NONE));
    refused(
        "fua-mode=force needs a layer below that can force unit access or flush", "fua-mode=force");
  }

  @Test
  void forceAboveALayerWithoutFuaFlushesAfterEveryChange() throws IOException {
    disk.with(ModelDisk.ALL.withFua(Support.EMULATE));
    BlockDevice device = open("fua-mode=force");
    assertThat(device.capabilities().fua()).isEqualTo(Support.NATIVE);
    change(device, Flags.FUA);
    assertThat(disk.drainCalls())
        .containsExactly(
            "write 0+512",
            "flush",
            "trim 512+512",
            "flush",
            "zero 1024+512 flags=may-trim",
            "flush");
  }

  @Test
  void passChangesNothing() throws IOException {
    BlockDevice device = open("fua-mode=pass");
    assertThat(device.capabilities()).isEqualTo(ModelDisk.ALL);
    change(device, Flags.FUA);
    assertThat(disk.drainCalls())
        .containsExactly(
            "write 0+512 flags=fua",
            "trim 512+512 flags=fua",
            "zero 1024+512 flags=fua,may-trim",
            "flush");
  }

  @Test
  void discardOffersFlushAndFuaButForwardsNeither() throws IOException {
    disk.with(Capabilities.readWrite().withTrim(true).withZero(Support.NATIVE));
    BlockDevice device = open("fua-mode=discard");
    assertThat(device.capabilities().flush()).isTrue();
    assertThat(device.capabilities().fua()).isEqualTo(Support.NATIVE);
    change(device, Flags.FUA);
    assertThat(disk.drainCalls())
        .containsExactly("write 0+512", "trim 512+512", "zero 1024+512 flags=may-trim");
  }

  @Test
  void closeFlushesOnlyWithFlushOnClose() throws IOException {
    open("fua-mode=pass").close();
    assertThat(disk.drainCalls()).isEmpty();
    open("fua-mode=pass", "flush-on-close=true").close();
    assertThat(disk.drainCalls()).containsExactly("flush");
    open("fua-mode=discard", "flush-on-close=true").close();
    assertThat(disk.drainCalls()).containsExactly("flush");
    disk.with(ModelDisk.ALL.withFlush(false));
    refused("flush-on-close=true needs a layer below that can flush", "flush-on-close=true");
  }

  @Test
  void aFlushThatFailsWhileClosingIsReportedAndTheDiskClosed() throws IOException {
    BlockDevice device = open("flush-on-close=true");
    disk.hook =
        (operation, offset, length, flags) -> {
          throw new IOException("planted in " + operation);
        };
    assertThatThrownBy(device::close).hasMessage("planted in flush");
    assertThat(disk.open.get()).isZero();
  }

  @Test
  void readOnlyDiskIsNeitherForcedNorFlushed() throws IOException {
    disk.with(Capabilities.readOnly());
    BlockDevice device = open("fua-mode=force", "flush-on-close=true");
    assertThat(device.capabilities()).isEqualTo(Capabilities.readOnly());
    device.close();
  }

  private static void change(BlockDevice device, Flags fua) throws IOException {
    Chains.write(device, 0, new byte[512], fua);
    device.trim(512, 512, fua);
    device.zero(1024, 512, fua.with(Flags.MAY_TRIM));
    device.flush();
  }

  private void refused(String message, String... pairs) {
    int before = disk.open.get();
    assertThatThrownBy(() -> open(pairs)).hasMessage(message);
    assertThat(disk.open.get()).isEqualTo(before);
  }

  private BlockDevice open(String... pairs) throws IOException {
    return Chains.open(new FuaFilterProvider(), disk, pairs);
  }
}
