package org.nbdcore.filter.checkwrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nbdcore.filter.common.Chains.read;
import static org.nbdcore.filter.common.Chains.write;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Flags;

final class CheckwriteFilterTest {

  private final ModelDisk disk = new ModelDisk(300_000).fill(1);

  @Test
  void allChangesAreOfferedAboveADiskOpenedReadOnly() throws IOException {
    disk.with(Capabilities.readOnly().withExtents(true));
    Capabilities offered = open().capabilities();
    assertThat(offered)
        .isEqualTo(ModelDisk.ALL.withCache(org.nbdcore.spi.Support.NONE).withExtents(true));
    assertThat(disk.opened.get(0).readOnly()).isTrue();
  }

  @Test
  void writeOfIdenticalDataSucceeds() throws IOException {
    BlockDevice device = open();
    byte[] data = read(device, 0, 300_000);
    write(device, 0, data, Flags.FUA);
    device.flush();
    data[299_999]++;
    assertThatThrownBy(() -> write(device, 0, data, Flags.NONE))
        .hasMessage("what is written differs from the disk, first at byte 299999");
    data[77]++;
    assertThatThrownBy(() -> write(device, 0, data, Flags.NONE)).hasMessageEndingWith("byte 77");
    assertThat(disk.drainCalls()).allMatch(call -> call.startsWith("read"));
  }

  @Test
  void zeroAndTrimSucceedOnlyOnZeroes() throws IOException {
    BlockDevice device = open();
    java.util.Arrays.fill(disk.bytes, 1000, 200_000, (byte) 0);
    device.zero(1000, 199_000, Flags.MAY_TRIM);
    device.trim(1000, 199_000, Flags.NONE);
    assertThatThrownBy(() -> device.zero(1000, 199_001, Flags.NONE))
        .hasMessage("what is zeroed differs from the disk, first at byte 200000");
    assertThatThrownBy(() -> device.trim(999, 199_000, Flags.NONE))
        .hasMessage("what is trimmed differs from the disk, first at byte 999");
  }

  @Test
  void zeroReadsOnlyTheDataExtents() throws IOException {
    BlockDevice device = open();
    java.util.Arrays.fill(disk.bytes, 0, 65536, (byte) 0);
    disk.allocate(0, 4096, false);
    disk.allocate(8192, 65536, false);
    device.zero(0, 65536, Flags.NONE);
    assertThat(disk.drainCalls()).containsExactly("extents 0+65536", "read 4096+4096");
  }

  @Test
  void readsBelowRespectTheBlockSizes() throws IOException {
    BlockDevice device = open(new ModelDisk(1 << 17).withBlockSizes(512, 4096, 8192));
    write(device, 512, new byte[65536], Flags.NONE);
    device.zero(512, 65536, Flags.NONE);
    assertThat(device.capabilities().blockSizes()).isEqualTo(BlockSizes.of(512, 4096, 8192));
  }

  private BlockDevice open() throws IOException {
    return open(disk);
  }

  private static BlockDevice open(ModelDisk disk) throws IOException {
    return Chains.open(new CheckwriteFilterProvider(), disk);
  }
}
