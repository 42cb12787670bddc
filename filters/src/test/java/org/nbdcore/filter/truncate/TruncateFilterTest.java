package org.nbdcore.filter.truncate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nbdcore.filter.common.Chains.bytes;
import static org.nbdcore.filter.common.Chains.read;
import static org.nbdcore.filter.common.Chains.write;

import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.nbdcore.filter.blocksizepolicy.BlocksizePolicyFilterProvider;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.filter.common.ReceivedBuffers;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.helpers.BlockDevices;

final class TruncateFilterTest {

  private final ModelDisk disk = new ModelDisk(5000).fill(1);

  @Test
  void theSizeIsSetOrRounded() throws IOException {
    assertThat(open().size()).isEqualTo(5000);
    assertThat(open("truncate=4096").size()).isEqualTo(4096);
    assertThat(open("truncate=1T").size()).isEqualTo(1L << 40);
    assertThat(open("round-up=512").size()).isEqualTo(5120);
    assertThat(open("round-down=512").size()).isEqualTo(4608);
    assertThat(open("round-up=1000").size()).isEqualTo(5000);
    assertThat(open("truncate=5001", "round-up=4K").size()).isEqualTo(8192);
  }

  @Test
  void onlyZeroesAreReadAndWrittenBeyondTheEnd() throws IOException {
    BlockDevice device = open("truncate=8K");
    byte[] expected = Arrays.copyOf(Arrays.copyOfRange(disk.bytes, 4000, 5000), 2000);
    assertThat(read(device, 4000, 2000)).isEqualTo(expected);
    assertThat(read(device, 6000, 100)).containsOnly(0);
    write(device, 4000, Arrays.copyOf(bytes(7, 1000), 2000), Flags.NONE);
    assertThat(Arrays.copyOfRange(disk.bytes, 4000, 5000)).containsOnly(7);
    write(device, 6000, bytes(0, 100), Flags.NONE);
    byte[] tooMuch = bytes(0, 2000);
    tooMuch[1000] = 1;
    disk.drainCalls();
    assertThatThrownBy(() -> write(device, 4000, tooMuch, Flags.NONE))
        .isInstanceOfSatisfying(
            NbdException.class, e -> assertThat(e.error()).isEqualTo(NbdError.ENOSPC));
    assertThat(disk.drainCalls()).isEmpty();
  }

  @Test
  void zeroCopyReadsReachTheEndOfTheDiskBelowAndNoFurther() throws IOException {
    BlockDevice device = Chains.open(new TruncateFilterProvider(), disk.zeroCopy(), "truncate=8K");
    ReceivedBuffers buffers = new ReceivedBuffers(false);
    for (long at : new long[] {4489, 5000, 6000}) {
      assertThat(BlockDevices.readZeroCopy(device, at, 512, buffers)).as("at %d", at).isFalse();
    }
    assertThat(buffers.bytes()).isEmpty();
    assertThat(BlockDevices.readZeroCopy(device, 4488, 512, buffers)).isTrue();
    assertThat(buffers.bytes()).isEqualTo(Arrays.copyOfRange(disk.bytes, 4488, 5000));
  }

  @Test
  void trimZeroAndCacheAreCutAtTheEndOfTheDiskBelow() throws IOException {
    BlockDevice device = open("truncate=8K");
    device.trim(4000, 2000, Flags.NONE);
    device.zero(4000, 2000, Flags.NONE);
    device.cache(4000, 2000);
    device.trim(6000, 10, Flags.NONE);
    device.zero(6000, 10, Flags.NONE);
    device.cache(6000, 10);
    assertThat(disk.drainCalls())
        .containsExactly("trim 4000+1000", "zero 4000+1000", "cache 4000+1000");
  }

  @Test
  void rangeBeyondTheEndIsAHole() throws IOException {
    BlockDevice device = open("truncate=8K");
    assertThat(Chains.extents(device, 0, 8192, Flags.NONE)).isEqualTo("0+5000=0 5000+3192=3");
    assertThat(Chains.extents(device, 6000, 100, Flags.NONE)).isEqualTo("6000+100=3");
  }

  @Test
  void partialLastBlockIsReportedAsOneBlock() throws IOException {
    Backend below =
        Chains.over(
            Chains.filter(
                new BlocksizePolicyFilterProvider(),
                "blocksize-minimum=512",
                "blocksize-error-policy=error"),
            disk);
    BlockDevice device = Chains.open(new TruncateFilterProvider(), below, "truncate=8K");
    assertThat(Chains.extents(device, 4608, 512, Flags.NONE)).isEqualTo("4608+512=0");
    assertThat(Chains.extents(device, 0, 8192, Flags.NONE)).isEqualTo("0+5120=0 5120+3072=3");
  }

  @Test
  void roundingToZeroIsRefused() {
    for (String key : new String[] {"round-up", "round-down"}) {
      assertThatThrownBy(() -> Chains.configure(new TruncateFilterProvider(), key + "=0"))
          .hasMessage(key + " must be more than 0");
    }
  }

  private BlockDevice open(String... pairs) throws IOException {
    return Chains.open(new TruncateFilterProvider(), disk, pairs);
  }
}
