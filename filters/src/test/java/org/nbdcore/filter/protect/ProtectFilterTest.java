package org.nbdcore.filter.protect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nbdcore.filter.common.Chains.bytes;
import static org.nbdcore.filter.common.Chains.write;

import java.io.IOException;
import java.util.Arrays;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

final class ProtectFilterTest {

  private final ModelDisk disk = new ModelDisk(200_000).fill(1);

  @Test
  void onlyWritesThatChangeNothingReachAProtectedRange() throws IOException {
    BlockDevice device = open("protect=0x200-1023", "protect=5000-");
    write(device, 0, bytes(9, 512), 0);
    write(device, 1024, bytes(9, 3976), 0);
    write(device, 400, Arrays.copyOfRange(disk.bytes, 400, 1400), 0);
    refused(() -> write(device, 500, bytes(9, 13), 0), "write would change protected bytes at 512");
    refused(() -> write(device, 1023, bytes(9, 1), 0), "bytes at 1023");
    refused(() -> write(device, 199_999, bytes(9, 1), 0), "bytes at 199999");
  }

  @Test
  void theComplementProtectsEverythingElse() throws IOException {
    BlockDevice device = open("protect=~512-1023");
    write(device, 512, bytes(9, 512), 0);
    refused(() -> write(device, 511, bytes(9, 2), 0), "bytes at 511");
    refused(() -> write(device, 1000, bytes(9, 25), 0), "bytes at 1024");
  }

  @Test
  void zeroAndTrimNeedZeroesThereAndTrimKeepsOut() throws IOException {
    BlockDevice device = open("protect=512-1023");
    refused(() -> device.zero(0, 2048, 0), "zero would change protected bytes at 512");
    refused(() -> device.trim(0, 2048, 0), "trim would change protected bytes at 512");
    Arrays.fill(disk.bytes, 512, 1024, (byte) 0);
    disk.drainCalls();
    device.zero(0, 2048, 0);
    device.trim(0, 2048, 0);
    assertThat(disk.drainCalls())
        .containsExactly(
            "read 512+512", "zero 0+2048", "read 512+512", "trim 0+512", "trim 1024+1024");
  }

  @Test
  void comparisonsKeepToTheBlocksBelow() throws IOException {
    ModelDisk aligned = new ModelDisk(1 << 18).withBlockSizes(4096, 4096, BlockSizes.UNLIMITED);
    BlockDevice device = Chains.open(new ProtectFilterProvider(), aligned, "protect=100-200000");
    write(device, 0, bytes(0, 1 << 18), 0);
    refused(() -> write(device, 0, bytes(1, 4096), 0), "bytes at 100");
  }

  @Test
  void malformedRangesAreRefused() {
    for (String text : new String[] {"", "5", "x-9", "9-5", "-1-5", "~"}) {
      assertThatThrownBy(() -> Chains.configure(new ProtectFilterProvider(), "protect=" + text))
          .isInstanceOf(ConfigException.class)
          .hasMessageStartingWith("protect must be ")
          .hasMessageContaining("not '" + text + "'");
    }
  }

  private static void refused(ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .hasMessageContaining(message)
        .isInstanceOfSatisfying(
            NbdException.class, e -> assertThat(e.error()).isEqualTo(NbdError.EPERM));
  }

  private BlockDevice open(String... pairs) throws IOException {
    return Chains.open(new ProtectFilterProvider(), disk, pairs);
  }
}
