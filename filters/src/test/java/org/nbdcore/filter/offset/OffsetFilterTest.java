package org.nbdcore.filter.offset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.Extents;
import org.nbdcore.spi.Flags;
import org.nbdcore.testkit.Backends;
import org.nbdcore.testkit.ModelDevice;

final class OffsetFilterTest {

  private final ModelDisk disk = new ModelDisk(65536).fill(1);

  @Test
  void extentsAreShifted() throws IOException {
    disk.allocate(0, 65536, false);
    disk.allocate(2048, 4096, true);
    BlockDevice device = open("offset=1K");
    assertThat(device.size()).isEqualTo(64512);
    assertThat(Chains.extents(device, 0, 8192, Flags.NONE))
        .isEqualTo("0+1024=3 1024+2048=0 3072+5120=3");
  }

  /** The disk below is one hole, which extends beyond the range. */
  @Test
  void extentsEndWithTheRange() throws IOException {
    Backend below = Backends.of(new ModelDevice(65536));
    BlockDevice device = Chains.open(new OffsetFilterProvider(), below, "offset=1K", "range=4K");
    Extents extents = new Extents(1024, 512, 8).acceptUntil(60_000);
    device.extents(1024, 512, Flags.NONE, extents);
    assertThat(extents.position()).isEqualTo(4096);
  }

  @Test
  void rangeMustLieOnTheDiskAndBeAligned() throws IOException {
    assertThat(open("offset=64K").size()).isZero();
    refused(
        "offset=65537 goes past the end of the disk below, which has 65536 bytes", "offset=65537");
    refused("offset=1024 range=65536 goes past the end", "offset=1K", "range=64K");
    disk.withBlockSizes(512, 4096, BlockSizes.UNLIMITED);
    refused("offset must be a multiple of the minimum block size", "offset=100");
    assertThat(disk.open.get()).isEqualTo(1);
  }

  private void refused(String message, String... pairs) {
    assertThatThrownBy(() -> open(pairs)).hasMessageContaining(message);
  }

  private BlockDevice open(String... pairs) throws IOException {
    return Chains.open(new OffsetFilterProvider(), disk, pairs);
  }
}
