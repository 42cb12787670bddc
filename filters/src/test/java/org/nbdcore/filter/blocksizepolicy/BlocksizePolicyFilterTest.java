package org.nbdcore.filter.blocksizepolicy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nbdcore.filter.common.Chains.bytes;
import static org.nbdcore.filter.common.Chains.read;
import static org.nbdcore.filter.common.Chains.write;

import java.io.IOException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.nbdcore.filter.blocksize.BlocksizeFilterProvider;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.helpers.BlockDevices;
import org.nbdcore.testkit.TestSession;

final class BlocksizePolicyFilterTest {

  private static final BlocksizePolicyFilterProvider PROVIDER = new BlocksizePolicyFilterProvider();

  private final ModelDisk disk = new ModelDisk(70_000).fill(1);

  @Test
  void eachSizeIsAdvertisedOrTakenFromBelow() throws IOException {
    disk.withBlockSizes(512, 4096, 1 << 20);
    assertThat(sizes()).isEqualTo(BlockSizes.of(512, 4096, 1 << 20));
    assertThat(sizes("blocksize-minimum=1K")).isEqualTo(BlockSizes.of(1024, 4096, 1 << 20));
    assertThat(sizes("blocksize-preferred=32K")).isEqualTo(BlockSizes.of(512, 32768, 1 << 20));
    assertThat(sizes("blocksize-maximum=2M")).isEqualTo(BlockSizes.of(512, 4096, 2 << 20));
    assertThat(sizes("blocksize-minimum=64K")).isEqualTo(BlockSizes.of(65536, 65536, 1 << 20));
  }

  @Test
  void deviceIsLenient() throws IOException {
    assertThat(open("blocksize-minimum=512").capabilities().lenient()).isTrue();
  }

  @Test
  void allowForwardsUnalignedAndLongRequests() throws IOException {
    BlockDevice device = open("blocksize-minimum=512", "blocksize-maximum=4K");
    read(device, 1, 10_000);
    write(device, 3, bytes(1, 7), Flags.NONE);
    assertThat(disk.drainCalls()).containsExactly("read 1+10000", "write 3+7");
  }

  @Test
  void allowAboveBlocksizeTurnsUnalignedWritesIntoReadModifyWrite() throws IOException {
    ModelDisk model = new ModelDisk(1 << 17).withBlockSizes(512, 4096, BlockSizes.UNLIMITED);
    var blocksize =
        Chains.over(Chains.filter(new BlocksizeFilterProvider(), "minblock=64K"), model);
    BlockDevice device = Chains.open(PROVIDER, blocksize, "blocksize-minimum=64K");
    write(device, 3, bytes(1, 7), Flags.NONE);
    assertThat(model.drainCalls()).containsExactly("read 0+65536", "write 0+65536");
  }

  @Test
  void allowRefusesRequestsBeyondTheLimitsOfTheLayerBelow() throws IOException {
    disk.withBlockSizes(512, 4096, 8192);
    BlockDevice device = open();
    refused(() -> read(device, 1, 512), "read of 512 bytes at 1 is not aligned");
    refused(() -> read(device, 0, 8704), "read of 8704 bytes is longer than the maximum of 8192");
    assertThat(disk.drainCalls()).isEmpty();
  }

  @Test
  void allowForwardsEverythingToALenientLayer() throws IOException {
    BlockDevice device = openAboveALenientLayer();
    read(device, 1, 5000);
    write(device, 3, bytes(1, 7), Flags.NONE);
    assertThat(disk.drainCalls()).containsExactly("read 1+5000", "write 3+7");
    refused(() -> read(openAboveALenientLayer("blocksize-error-policy=error"), 1, 512), "at 1");
  }

  /** The layer below advertises block sizes, but accepts other requests too. */
  private BlockDevice openAboveALenientLayer(String... pairs) throws IOException {
    return Chains.open(
        PROVIDER,
        Chains.over(Chains.filter(PROVIDER, "blocksize-minimum=512", "blocksize-maximum=4K"), disk),
        pairs);
  }

  @Test
  void maximumIsLimitedToThatOfTheLayerBelow() throws IOException {
    disk.withBlockSizes(512, 4096, 8192);
    BlockDevice device = open("blocksize-maximum=16K", "blocksize-error-policy=error");
    refused(() -> read(device, 0, 16384), "read of 16384 bytes is longer than the maximum of 8192");
  }

  @Test
  void extentsAreReportedInWholeBlocks() throws IOException {
    disk.allocate(0, 1024 + 64, false);
    BlockDevice device = open("blocksize-minimum=1K", "blocksize-error-policy=error");
    assertThat(Chains.extents(device, 0, 70_000, Flags.NONE)).isEqualTo("0+1024=3 1024+68976=0");
    assertThat(Chains.extents(device, 69_632, 368, Flags.NONE)).isEqualTo("69632+368=0");
    BlockDevice allowing = open("blocksize-minimum=1K");
    assertThat(Chains.extents(allowing, 1000, 50, Flags.NONE)).isEqualTo("1000+24=3 1024+26=0");
  }

  @Test
  void policyAppliesToBlockStatusOfADiskWithoutExtents() throws IOException {
    disk.with(ModelDisk.ALL.withExtents(false));
    BlockDevice device = strict("error");
    assertThat(device.capabilities().extents()).isTrue();
    refused(() -> Chains.extents(device, 256, 512, Flags.NONE), "extents of 512 bytes at 256");
    assertThat(Chains.extents(device, 512, 1024, Flags.NONE)).isEqualTo("512+1024=0");
    assertThat(disk.drainCalls()).isEmpty();
  }

  @Test
  void errorRefusesUnalignedAndLongRequests() throws IOException {
    BlockDevice device = strict("error");
    refused(() -> read(device, 1, 512), "read of 512 bytes at 1 is not aligned");
    refused(() -> read(device, 0, 511), "read of 511 bytes at 0 is not aligned");
    refused(
        () -> BlockDevices.readZeroCopy(device, 1, 512, null),
        "read of 512 bytes at 1 is not aligned");
    refused(() -> write(device, 0, bytes(1, 4608), Flags.NONE), "longer than the maximum of 4096");
    refused(() -> device.trim(0, 5, Flags.NONE), "trim of 5 bytes");
    refused(() -> device.zero(0, 5, Flags.NONE), "zero of 5 bytes");
    refused(() -> device.cache(0, 5), "cache of 5 bytes");
    refused(() -> Chains.extents(device, 0, 5, Flags.NONE), "extents of 5 bytes");
    assertThat(disk.drainCalls()).isEmpty();
    device.trim(0, 8192, Flags.NONE); // the maximum is about data only
    read(device, 512, 4096);
    assertThat(disk.drainCalls()).containsExactly("trim 0+8192", "read 512+4096");
  }

  @Test
  void errorAllowsTheUnalignedEndOfTheDiskAndStrictErrorRefusesIt() throws IOException {
    read(strict("error"), 69_632, 368);
    assertThat(disk.drainCalls()).containsExactly("read 69632+368");
    refused(() -> read(strict("error"), 69_633, 367), "at 69633");
    refused(() -> read(strict("strict-error"), 69_632, 368), "read of 368 bytes at 69632");
  }

  @Test
  void longWriteDisconnectsWithoutReachingTheDisk() throws IOException {
    TestSession session = new TestSession();
    BlockDevice device =
        Chains.filter(PROVIDER, "blocksize-write-disconnect=4K").open(session.request(""), disk);
    write(device, 0, bytes(1, 4096), Flags.NONE);
    assertThat(session.connected()).isTrue();
    assertThatThrownBy(() -> write(device, 0, bytes(1, 4097), Flags.NONE))
        .isInstanceOf(IOException.class);
    assertThat(session.droppedByForce()).isTrue();
    assertThat(disk.drainCalls()).containsExactly("write 0+4096");
  }

  @Test
  void contradictoryParametersAreRefused() {
    rejected(
        "blocksize-minimum must be a power of two between 1 and 64K, not 3", "blocksize-minimum=3");
    rejected(
        "blocksize-preferred must be at least blocksize-minimum (4096), not 512",
        "blocksize-minimum=4K",
        "blocksize-preferred=512");
    rejected(
        "blocksize-maximum must be a multiple of blocksize-minimum (4096), not 5000",
        "blocksize-minimum=4K",
        "blocksize-maximum=5000");
    rejected(
        "blocksize-maximum must be at least blocksize-preferred (4096), not 512",
        "blocksize-preferred=4K",
        "blocksize-maximum=512");
    rejected(
        "blocksize-error-policy must be one of allow, error, strict-error, not 'no'",
        "blocksize-error-policy=no");
  }

  private static void rejected(String message, String... pairs) {
    assertThatThrownBy(() -> Chains.configure(PROVIDER, pairs))
        .isInstanceOf(ConfigException.class)
        .hasMessage(message);
  }

  private static void refused(ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .hasMessageContaining(message)
        .isInstanceOfSatisfying(
            NbdException.class, e -> assertThat(e.error()).isEqualTo(NbdError.EINVAL));
  }

  private BlockSizes sizes(String... pairs) throws IOException {
    return open(pairs).capabilities().blockSizes();
  }

  private BlockDevice strict(String policy) throws IOException {
    return open(
        "blocksize-error-policy=" + policy, "blocksize-minimum=512", "blocksize-maximum=4K");
  }

  private BlockDevice open(String... pairs) throws IOException {
    return Chains.open(PROVIDER, disk, pairs);
  }
}
