package org.nbdcore.filter.blocksize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nbdcore.filter.common.Chains.bytes;
import static org.nbdcore.filter.common.Chains.extents;
import static org.nbdcore.filter.common.Chains.read;
import static org.nbdcore.filter.common.Chains.write;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

final class BlocksizeFilterTest {

  private static final BlocksizeFilterProvider PROVIDER = new BlocksizeFilterProvider();

  private final ModelDisk disk =
      new ModelDisk(1 << 20).fill(1).withBlockSizes(512, 4096, BlockSizes.UNLIMITED);

  @Test
  void alignedRequestsPassUnchanged() throws IOException {
    BlockDevice device = open("minblock=512");
    read(device, 512, 1024);
    write(device, 1024, bytes(7, 512), Flags.FUA);
    device.trim(0, 512, Flags.NONE);
    device.zero(512, 512, Flags.MAY_TRIM);
    device.cache(0, 1024);
    device.flush();
    assertThat(disk.drainCalls())
        .containsExactly(
            "read 512+1024",
            "write 1024+512 flags=fua",
            "trim 0+512",
            "zero 512+512 flags=may-trim",
            "cache 0+1024",
            "flush");
  }

  @Test
  void onlyTheLastPartHasFuaIfFuaFlushes() throws IOException {
    disk.with(disk.capabilities.withFuaFlushes(true));
    BlockDevice device = open("minblock=512", "maxdata=4K", "maxlen=4K");
    write(device, 0, bytes(7, 12288), Flags.FUA);
    device.trim(0, 8192, Flags.FUA);
    device.zero(0, 8192, Flags.FUA.with(Flags.MAY_TRIM));
    assertThat(disk.drainCalls())
        .containsExactly(
            "write 0+4096",
            "write 4096+4096",
            "write 8192+4096 flags=fua",
            "trim 0+4096",
            "trim 4096+4096 flags=fua",
            "zero 0+4096 flags=may-trim",
            "zero 4096+4096 flags=fua,may-trim");
    device.zero(512, 4096 + 100, Flags.FUA);
    assertThat(disk.drainCalls()).last().asString().isEqualTo("write 4608+512 flags=fua");
    device.zero(500, 12, Flags.FUA);
    assertThat(disk.drainCalls()).last().asString().isEqualTo("write 0+512 flags=fua");
  }

  @Test
  void everyPartHasFuaIfFuaIsNative() throws IOException {
    write(open("minblock=512", "maxdata=4K"), 0, bytes(7, 8192), Flags.FUA);
    assertThat(disk.drainCalls())
        .containsExactly("write 0+4096 flags=fua", "write 4096+4096 flags=fua");
  }

  @Test
  void alignedRequestForwardsTheCallersBuffer() throws IOException {
    ByteBuffer[] seen = new ByteBuffer[1];
    BlockDevice spy = new SpyDevice(buffer -> seen[0] = buffer);
    BlockDevice device = open(request -> spy, "minblock=512");
    ByteBuffer dst = ByteBuffer.allocateDirect(1024);
    device.read(dst, 0);
    assertThat(seen[0]).isSameAs(dst);
  }

  @Test
  void readAcrossBlockBoundaryMergesHeadBodyAndTail() throws IOException {
    BlockDevice device = open("minblock=512");
    assertThat(read(device, 100, 300_000)).isEqualTo(original(100, 300_000));
    assertThat(disk.drainCalls())
        .containsExactly("read 0+512", "read 512+299520", "read 300032+512");
  }

  @Test
  void aSmallUnalignedReadIsOneRead() throws IOException {
    assertThat(read(open("minblock=512"), 511, 4096)).isEqualTo(original(511, 4096));
    assertThat(disk.drainCalls()).containsExactly("read 0+4608");
  }

  @Test
  void aSmallUnalignedWriteReadsItsEdgesAndWritesOnce() throws IOException {
    write(open("minblock=512"), 1000, bytes(9, 2000), Flags.FUA);
    assertThat(disk.drainCalls())
        .containsExactly("read 512+512", "read 2560+512", "write 512+2560 flags=fua");
    byte[] expected = original(0, 4096);
    Arrays.fill(expected, 1000, 3000, (byte) 9);
    assertThat(Arrays.copyOf(disk.bytes, 4096)).isEqualTo(expected);
  }

  @Test
  void everyPartOfASplitWriteCarriesFua() throws IOException {
    write(open("minblock=512"), 1, bytes(9, 200_000), Flags.FUA);
    assertThat(disk.drainCalls())
        .containsExactly(
            "read 0+512",
            "write 0+512 flags=fua",
            "write 512+199168 flags=fua",
            "read 199680+512",
            "write 199680+512 flags=fua");
  }

  @Test
  void maxdataSplitsReadsAndWrites() throws IOException {
    BlockDevice device = open("minblock=512", "maxdata=1K");
    assertThat(read(device, 0, 2560)).isEqualTo(original(0, 2560));
    write(device, 512, bytes(3, 1536), Flags.NONE);
    assertThat(disk.drainCalls())
        .containsExactly(
            "read 0+1024", "read 1024+1024", "read 2048+512", "write 512+1024", "write 1536+512");
  }

  @Test
  void maxdataIsLimitedToTheMaximumOfTheLayerBelow() throws IOException {
    disk.withBlockSizes(512, 4096, 2048);
    read(open(), 0, 4096);
    assertThat(disk.drainCalls()).containsExactly("read 0+2048", "read 2048+2048");
  }

  @Test
  void maxlenSplitsTrimZeroAndCacheAndShortensExtents() throws IOException {
    BlockDevice device = open("minblock=512", "maxlen=1K");
    device.trim(0, 2048, Flags.FUA);
    device.zero(4096, 1536, Flags.NONE);
    device.cache(0, 1025);
    assertThat(extents(device, 8192, 4096, Flags.NONE)).isEqualTo("8192+1024=0");
    assertThat(disk.drainCalls())
        .containsExactly(
            "trim 0+1024 flags=fua",
            "trim 1024+1024 flags=fua",
            "zero 4096+1024",
            "zero 5120+512",
            "cache 0+1024",
            "cache 1024+512",
            "extents 8192+1024");
  }

  @Test
  void trimSkipsUnalignedEnds() throws IOException {
    BlockDevice device = open("minblock=512");
    device.trim(100, 1500, Flags.NONE);
    device.trim(10, 500, Flags.NONE);
    assertThat(disk.drainCalls()).containsExactly("trim 512+1024");
  }

  @Test
  void zeroWritesUnalignedEndsAndZeroesTheBlocksBetween() throws IOException {
    open("minblock=512").zero(500, 1048, Flags.FUA.with(Flags.MAY_TRIM));
    assertThat(disk.drainCalls())
        .containsExactly(
            "read 0+512",
            "write 0+512 flags=fua",
            "zero 512+1024 flags=fua,may-trim",
            "read 1536+512",
            "write 1536+512 flags=fua");
    byte[] expected = original(0, 4096);
    Arrays.fill(expected, 500, 1548, (byte) 0);
    assertThat(Arrays.copyOf(disk.bytes, 4096)).isEqualTo(expected);
  }

  @Test
  void anUnalignedFastZeroIsRefusedBeforeAnythingChanges() throws IOException {
    BlockDevice device = open("minblock=512");
    assertThatThrownBy(() -> device.zero(512, 700, Flags.FAST_ZERO))
        .isInstanceOfSatisfying(
            NbdException.class, e -> assertThat(e.error()).isEqualTo(NbdError.ENOTSUP));
    assertThat(disk.drainCalls()).isEmpty();
  }

  @Test
  void fastZeroThatFailsHalfwayIsCompletedSlowly() throws IOException {
    disk.hook =
        (operation, offset, length, flags) -> {
          if (offset > 0 && flags.has(Flags.FAST_ZERO)) {
            throw new NbdException(NbdError.ENOTSUP, "slow");
          }
        };
    open("minblock=512", "maxlen=512").zero(0, 1024, Flags.FAST_ZERO);
    assertThat(Arrays.copyOf(disk.bytes, 1024)).containsOnly(0);
  }

  @Test
  void extentsAreWidenedToBlocksAndMixedBlocksAreData() throws IOException {
    disk.withBlockSizes(1, 4096, BlockSizes.UNLIMITED);
    disk.allocate(0, 1 << 20, false);
    disk.allocate(640, 704, true); // within the block from 512 to 1024
    BlockDevice device = open("minblock=512");
    assertThat(extents(device, 100, 1500, Flags.NONE)).isEqualTo("100+412=3 512+512=0 1024+576=3");
    assertThat(extents(device, 600, 10, Flags.REQ_ONE)).isEqualTo("600+10=0");
  }

  @Test
  void sizeIsRoundedDownToMinblock() throws IOException {
    ModelDisk odd = new ModelDisk(5000);
    assertThat(open(odd, "minblock=4K").size()).isEqualTo(4096);
  }

  @Test
  void minblockIsAdvertisedAsThePreferredBlockSize() throws IOException {
    assertThat(open("minblock=64K").capabilities().blockSizes())
        .isEqualTo(BlockSizes.of(1, 65536, BlockSizes.UNLIMITED));
  }

  @Test
  void minblockIsAtLeastTheMinimumOfTheLayerBelow() throws IOException {
    disk.withBlockSizes(4096, 4096, BlockSizes.UNLIMITED);
    read(open("minblock=512"), 512, 512);
    assertThat(disk.drainCalls()).containsExactly("read 0+4096");
  }

  @Test
  void parametersOutOfRangeAreRefused() {
    refused("minblock must be a power of two between 1 and 64K, not 513", "minblock=513");
    refused("minblock must be a power of two between 1 and 64K, not 131072", "minblock=128K");
    refused("maxdata must be a multiple of minblock (4K), not 5000", "minblock=4K", "maxdata=5000");
    refused("maxlen must be a multiple of minblock (4K), not 1", "minblock=4K", "maxlen=1");
    refused("maxlen must be from 1 to 4294967295, not 4294967296", "maxlen=4G");
    refused("maxdata must be from 1 to 4294967295, not 0", "maxdata=0");
  }

  @Test
  void openFailsIfMaxdataIsLessThanTheMinimumOfTheLayerBelow() {
    assertThatThrownBy(() -> open("maxdata=100"))
        .hasMessage(
            "maxdata must be at least the minimum block size of the layer below (512), not 100");
    assertThat(disk.open.get()).isZero();
  }

  private static void refused(String message, String... pairs) {
    assertThatThrownBy(() -> Chains.configure(PROVIDER, pairs))
        .isInstanceOf(ConfigException.class)
        .hasMessage(message);
  }

  private BlockDevice open(String... pairs) throws IOException {
    return open(disk, pairs);
  }

  private static BlockDevice open(org.nbdcore.spi.Backend next, String... pairs)
      throws IOException {
    return Chains.open(PROVIDER, next, pairs);
  }

  private static byte[] original(int from, int length) {
    byte[] expected = new byte[length];
    for (int i = 0; i < length; i++) {
      expected[i] = ModelDisk.at(1, from + i);
    }
    return expected;
  }

  /** Reports the buffer of each read. */
  private record SpyDevice(java.util.function.Consumer<ByteBuffer> seen) implements BlockDevice {
    @Override
    public long size() {
      return 1 << 20;
    }

    @Override
    public org.nbdcore.spi.Capabilities capabilities() {
      return org.nbdcore.spi.Capabilities.readOnly();
    }

    @Override
    public void read(ByteBuffer dst, long offset) {
      seen.accept(dst);
    }

    @Override
    public void close() {}
  }
}
