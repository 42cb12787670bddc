package org.nbdcore.filter.fua;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nbdcore.filter.common.Chains.bytes;
import static org.nbdcore.filter.common.Chains.write;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.Support;

final class FuaFilterTest {

  private final ModelDisk disk = new ModelDisk(65536);

  @Test
  void byDefaultFuaIsNotOfferedButFlushIs() throws IOException {
    assertThat(open().capabilities()).isEqualTo(ModelDisk.ALL.withFua(Support.NONE));
  }

  @Test
  void discardDropsFuaAndFlush() throws IOException {
    disk.with(ModelDisk.ALL.withFlush(false).withFua(Support.NONE));
    BlockDevice device = open("fuamode=discard");
    assertThat(device.capabilities()).isEqualTo(ModelDisk.ALL);
    changeEverything(device, Flags.FUA);
    assertThat(disk.drainCalls()).containsExactly("write 0+512", "trim 0+512", "zero 0+512");
  }

  @Test
  void forceAddsFuaAndDropsFlush() throws IOException {
    BlockDevice device = open("fuamode=force");
    changeEverything(device, 0);
    assertThat(disk.drainCalls())
        .containsExactly("write 0+512 flags=1", "trim 0+512 flags=1", "zero 0+512 flags=1");
  }

  @Test
  void passAndNativePassAndEmulateLeavesItToTheServer() throws IOException {
    assertThat(open("fuamode=pass").capabilities()).isEqualTo(ModelDisk.ALL);
    BlockDevice device = open("fuamode=native");
    changeEverything(device, Flags.FUA);
    assertThat(disk.drainCalls())
        .containsExactly(
            "write 0+512 flags=1", "flush", "trim 0+512 flags=1", "zero 0+512 flags=1");
    assertThat(open("fuamode=emulate").capabilities().fua()).isEqualTo(Support.EMULATE);
  }

  @Test
  void flushOnCloseFlushes() throws IOException {
    open("fuamode=pass", "flush-on-close=true").close();
    assertThat(disk.drainCalls()).containsExactly("flush");
    open("fuamode=pass").close();
    assertThat(disk.drainCalls()).isEmpty();
  }

  @Test
  void modesThatNeedMoreThanThereIsFailToOpen() {
    disk.with(ModelDisk.ALL.withFlush(false).withFua(Support.NONE));
    for (String pair :
        new String[] {
          "fuamode=emulate", "fuamode=native", "fuamode=force", "flush-on-close=true"
        }) {
      assertThatThrownBy(() -> open(pair)).hasMessageStartingWith(pair + " needs a layer below");
    }
    assertThat(disk.open.get()).isZero();
  }

  private static void changeEverything(BlockDevice device, int flags) throws IOException {
    write(device, 0, bytes(1, 512), flags);
    device.flush();
    device.trim(0, 512, flags);
    device.zero(0, 512, flags);
  }

  private BlockDevice open(String... pairs) throws IOException {
    return Chains.open(new FuaFilterProvider(), disk, pairs);
  }
}
