package org.nbdcore.filter.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nbdcore.filter.common.Chains.read;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.filter.common.RandomOperations;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.ConfigException;

final class PartitionFilterTest {

  private static final PartitionFilterProvider PROVIDER = new PartitionFilterProvider();

  private final ModelDisk disk = new ModelDisk(1 << 20).fill(1);

  @Test
  void primaryPartitionsOfAnMbrAreServed() throws IOException {
    Tables.entry(disk.bytes, 0, 0, 0x83, 2, 100);
    Tables.entry(disk.bytes, 0, 1, 0, 7, 7);
    Tables.entry(disk.bytes, 0, 3, 0x83, 102, 1946);
    assertPartition(open("partition=1"), 1024, 51_200);
    assertPartition(open("partition=4"), 52_224, (1 << 20) - 52_224);
    refused("there is no partition 2 in the disk's MBR partition table", "partition=2");
    refused("there is no partition 5 in the disk's MBR partition table", "partition=5");
  }

  @Test
  void logicalPartitionsOfAnMbrAreServed() throws IOException {
    Tables.entry(disk.bytes, 0, 1, 0x05, 100, 1000);
    Tables.entry(disk.bytes, 100 * 512, 0, 0x83, 8, 50);
    Tables.entry(disk.bytes, 100 * 512, 1, 0x05, 200, 300);
    Tables.entry(disk.bytes, 300 * 512, 0, 0x83, 16, 60);
    Tables.entry(disk.bytes, 300 * 512, 1, 0x0f, 600, 300);
    Tables.entry(disk.bytes, 700 * 512, 0, 0x83, 24, 70);
    Tables.entry(disk.bytes, 700 * 512, 1, 0, 0, 0);
    assertPartition(open("partition=5"), 108 * 512, 50 * 512);
    assertPartition(open("partition=6"), 316 * 512, 60 * 512);
    assertPartition(open("partition=7"), 724 * 512, 70 * 512);
    refused("there is no partition 8 in the disk's MBR partition table", "partition=8");
  }

  @Test
  void extendedPartitionIsRefused() {
    for (int type : new int[] {0x05, 0x0f, 0x85}) {
      Tables.entry(disk.bytes, 0, 1, type, 100, 1000);
      refused(
          "partition 2 is an extended partition, which holds logical ones and is no disk itself;"
              + " their numbers begin at 5",
          "partition=2");
    }
  }

  @Test
  void staleGptIsIgnored() throws IOException {
    Tables.gpt(disk.bytes, 512, new long[] {34, 133});
    Tables.entry(disk.bytes, 0, 0, 0x83, 512, 100);
    assertPartition(open("partition=1"), 512 * 512, 51_200);
    disk.bytes[512] = 0; // only the copy at the end is left, as fdisk leaves it
    assertPartition(open("partition=1"), 512 * 512, 51_200);
    Tables.entry(disk.bytes, 0, 0, 0xee, 512, 100); // no header begins there
    assertPartition(open("partition=1"), 512 * 512, 51_200);
  }

  @Test
  void aGptBesideAHybridMbrIsUsed() throws IOException {
    Tables.gpt(disk.bytes, 512, new long[] {34, 133});
    Tables.entry(disk.bytes, 0, 0, 0x83, 512, 100);
    Tables.entry(disk.bytes, 0, 2, 0xee, 1, 33);
    assertPartition(open("partition=1"), 34 * 512, 51_200);
  }

  @Test
  void aGptWithoutAnyMbrIsRefused() {
    Tables.gpt(disk.bytes, 512, new long[] {34, 133});
    disk.bytes[510] = 0;
    refused(
        "the disk has a GUID partition table but no MBR that protects it, so Linux would not use"
            + " it either; write a protective MBR, for instance with sgdisk",
        "partition=1");
  }

  @Test
  void cyclicChainOfLogicalPartitionsEnds() {
    Tables.entry(disk.bytes, 0, 0, 0x05, 100, 1000);
    Tables.entry(disk.bytes, 100 * 512, 0, 0x83, 8, 50);
    Tables.entry(disk.bytes, 100 * 512, 1, 0x05, 200, 300);
    Tables.entry(disk.bytes, 300 * 512, 0, 0x83, 8, 50);
    Tables.entry(disk.bytes, 300 * 512, 1, 0x05, 200, 300);
    refused("there is no partition 9999 in the disk's MBR partition table", "partition=9999");
  }

  @Test
  void partitionsOfAGptAreServed() throws IOException {
    Tables.gpt(disk.bytes, 512, new long[] {34, 133}, null, new long[] {134, 134});
    assertPartition(open("partition=1"), 34 * 512, 51_200);
    assertPartition(open("partition=3"), 134 * 512, 512);
    refused("there is no partition 2 in the disk's GUID partition table", "partition=2");
    refused("there is no partition 129 in the disk's GUID partition table", "partition=129");
  }

  @Test
  void copyOfAGptIsUsedIfItsHeaderIsDamaged() throws IOException {
    Tables.gpt(disk.bytes, 512, new long[] {34, 133});
    disk.bytes[512 + 72]++;
    assertPartition(open("partition=1"), 34 * 512, 51_200);
    disk.bytes[(1 << 20) - 512 + 72]++;
    refused(
        "the GPT is damaged: the checksums of its header and of the header's copy are wrong",
        "partition=1");
  }

  @Test
  void sectorSizeIsThatOfTheLayerBelowOrOfTheParameter() throws IOException {
    Tables.gpt(disk.bytes, 4096, new long[] {34, 133});
    disk.withBlockSizes(4096, 4096, BlockSizes.UNLIMITED);
    assertPartition(open("partition=1"), 34 * 4096, 100 * 4096);
    disk.withBlockSizes(1024, 4096, BlockSizes.UNLIMITED);
    assertPartition(open("partition=1", "partition-sectorsize=4k"), 34 * 4096, 100 * 4096);
    refused(
        "the disk's MBR says that there is a GUID partition table, but none is found with sectors"
            + " of 512 bytes; try partition-sectorsize=4096",
        "partition=1");
    ModelDisk small = new ModelDisk(1 << 20).withBlockSizes(65536, 65536, 65536);
    Tables.gpt(small.bytes, 512, new long[] {256, 383});
    BlockDevice device = Chains.open(PROVIDER, small, "partition=1");
    assertThat(device.size()).isEqualTo(65536);
    Tables.gpt(small.bytes, 512, new long[] {255, 383});
    assertThatThrownBy(() -> Chains.open(PROVIDER, small, "partition=1"))
        .hasMessage(
            "partition 1 begins at 130560, which is not a multiple of the minimum block size of the"
                + " layer below (65536); put --filter=blocksize below");
  }

  @Test
  void mbrSupportsSectorsOf4096Bytes() throws IOException {
    Tables.entry(disk.bytes, 0, 0, 0x83, 2, 100);
    assertPartition(open("partition=1", "partition-sectorsize=4096"), 8192, 409_600);
  }

  @Test
  void partitionBeyondTheEndOfTheDiskIsRefused() {
    Tables.entry(disk.bytes, 0, 0, 0x83, 2000, 100);
    Tables.entry(disk.bytes, 0, 1, 0x83, -1, 100);
    refused(
        "partition 1 has the sectors 2000+100, but the disk has only 2048 of 512 bytes;"
            + " is partition-sectorsize right?",
        "partition=1");
    assertThatThrownBy(() -> open("partition=2")).hasMessageContaining("4294967295+100");
    Tables.gpt(disk.bytes, 512, new long[] {34, 33}, new long[] {34, Long.MAX_VALUE});
    assertThatThrownBy(() -> open("partition=1")).hasMessageContaining("34+0,");
    assertThatThrownBy(() -> open("partition=2")).hasMessageContaining("but the disk has only");
    assertThat(disk.open.get()).isZero();
  }

  @Test
  void aDiskWithoutATableIsRefused() {
    refused(
        "there is neither an MBR nor a GUID partition table on the disk, with sectors of 512 bytes",
        "partition=1");
    assertThatThrownBy(() -> Chains.open(PROVIDER, new ModelDisk(100), "partition=1"))
        .hasMessageStartingWith("there is neither");
  }

  @Test
  void operationsStayWithinThePartition() throws IOException {
    Tables.entry(disk.bytes, 0, 0, 0x83, 2, 100);
    byte[] before = disk.bytes.clone();
    new RandomOperations(open("partition=1"), 5, 0, 51_200, 5000).run(300);
    assertThat(disk.breaches).isEmpty();
    assertThat(java.util.Arrays.equals(before, 0, 1024, disk.bytes, 0, 1024)).isTrue();
    assertThat(java.util.Arrays.equals(before, 52_224, 1 << 20, disk.bytes, 52_224, 1 << 20))
        .isTrue();
  }

  @Test
  void invalidParametersAreRefused() {
    rejected("missing: partition=N");
    rejected("partition must be from 1 to 2147483647, not 0", "partition=0");
    rejected(
        "partition-sectorsize must be 512 or 4096, not 1024",
        "partition=1",
        "partition-sectorsize=1k");
  }

  private static void rejected(String message, String... pairs) {
    assertThatThrownBy(() -> Chains.configure(PROVIDER, pairs))
        .isInstanceOf(ConfigException.class)
        .hasMessage(message);
  }

  private void refused(String message, String... pairs) {
    int before = disk.open.get();
    assertThatThrownBy(() -> open(pairs)).hasMessage(message);
    assertThat(disk.open.get()).isEqualTo(before);
  }

  private void assertPartition(BlockDevice device, int start, int size) throws IOException {
    assertThat(device.size()).isEqualTo(size);
    int block = device.capabilities().blockSizes().minimum();
    assertThat(read(device, 0, block)[0]).isEqualTo(disk.bytes[start]);
    assertThat(read(device, size - block, block)[block - 1])
        .isEqualTo(disk.bytes[start + size - 1]);
  }

  private BlockDevice open(String... pairs) throws IOException {
    return Chains.open(PROVIDER, disk, pairs);
  }
}
