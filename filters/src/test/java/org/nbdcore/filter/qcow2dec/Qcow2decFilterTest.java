package org.nbdcore.filter.qcow2dec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.nbdcore.filter.common.Chains.extents;
import static org.nbdcore.filter.common.Chains.read;

import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.filter.common.ReceivedBuffers;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.helpers.BlockDevices;
import org.nbdcore.system.Zstd;

@Tag("newest")
final class Qcow2decFilterTest {

  private ModelDisk disk;

  @AfterEach
  void assertNoBreaches() {
    assertThat(disk.breaches).isEmpty();
  }

  private static Images image(int version) {
    Images image = new Images(version).plain(0, 1).plain(1, 2).plain(5, 3).plain(6, 4);
    image.compressed(7, 5).compressed(8, 6).compressed(9, 7).plain(70, 8).plain(78, 9);
    return version == 3 ? image.zero(6) : image;
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void theDiskInTheFileIsServedReadOnly(int version) throws Exception {
    Images image = image(version);
    BlockDevice device = open(image.file());
    assertThat(device.size()).isEqualTo(40_000);
    assertThat(device.capabilities().write()).isFalse();
    assertThat(read(device, 0, 40_000)).isEqualTo(image.contents);
    for (int at : new int[] {0, 1, 511, 1000, 3583, 3584, 4095, 4700, 35_839, 39_935}) {
      assertThat(read(device, at, 65))
          .as("65 bytes at " + at)
          .isEqualTo(Arrays.copyOfRange(image.contents, at, at + 65));
    }
    assertThat(disk.opened.get(0).readOnly()).isTrue();
  }

  @Test
  void adjacentClustersMayBeStoredInAnyOrder() throws Exception {
    Images image = new Images(3).plain(5, 1).plain(4, 2).plain(6, 3).plain(8, 4).plain(7, 5);
    BlockDevice device = open(image.file());
    assertThat(read(device, 1536, 4096)).isEqualTo(Arrays.copyOfRange(image.contents, 1536, 5632));
  }

  @Test
  void adjacentClustersAreOneReadAndTablesAreReadOnce() throws Exception {
    Images image = image(2);
    BlockDevice device = open(image.file());
    read(device, 100, 10);
    disk.drainCalls();
    read(device, 100, 1500);
    assertThat(disk.drainCalls()).containsExactly("read 2660+924");
    read(device, 3584, 512);
    read(device, 3700, 10);
    assertThat(disk.drainCalls()).as("a compressed cluster").hasSize(1);
  }

  @Test
  void extentsReportAllocatedClusters() throws Exception {
    BlockDevice device = open(image(3).file());
    assertThat(extents(device, 0, 40_000, Flags.NONE))
        .isEqualTo(
            "0+1024=0 1024+1536=3 2560+512=0 3072+512=3 3584+1536=0 5120+30720=3"
                + " 35840+512=0 36352+3584=3 39936+64=0");
  }

  @Test
  void truncatedLastClusterReadsAsZeroes() throws Exception {
    Images image = new Images(3).plain(0, 1).plain(78, 2);
    byte[] cut = Arrays.copyOf(image.shortFile(), image.shortFile().length - 490);
    byte[] expected = image.contents.clone();
    Arrays.fill(expected, 39_936 + 22, 40_000, (byte) 0);
    assertThat(read(open(cut), 0, 40_000)).isEqualTo(expected);
  }

  @Test
  void blocksBelowMayBeAsLargeAsClusters() throws Exception {
    Images image = image(3);
    byte[] file = image.file();
    disk = new ModelDisk(file.length).withBlockSizes(512, 512, 1024);
    System.arraycopy(file, 0, disk.bytes, 0, file.length);
    BlockDevice device = Chains.open(Chains.filter(new Qcow2decFilterProvider()), disk);
    assertThat(device.capabilities().blockSizes().minimum()).isEqualTo(512);
    assertThat(read(device, 0, 39_936)).isEqualTo(Arrays.copyOf(image.contents, 39_936));
    disk.withBlockSizes(1024, 1024, 4096);
    assertThatThrownBy(() -> Chains.open(Chains.filter(new Qcow2decFilterProvider()), disk))
        .hasMessageContaining("smaller than the minimum block size of the layer below (1024)");
  }

  @Test
  void zeroCopyReadsAddZeroesAndContiguousClusters() throws Exception {
    Images image = image(3);
    open(image.file());
    BlockDevice device = Chains.open(Chains.filter(new Qcow2decFilterProvider()), disk.zeroCopy());
    ReceivedBuffers buffers = new ReceivedBuffers(true);
    assertThat(BlockDevices.readZeroCopy(device, 10, 1000, buffers)).isTrue();
    assertThat(buffers.bytes()).isEqualTo(Arrays.copyOfRange(image.contents, 10, 1010));
    assertThat(BlockDevices.readZeroCopy(device, 1024, 1536, buffers)).isTrue();
    assertThat(BlockDevices.readZeroCopy(device, 1000, 100, buffers)).isFalse();
    assertThat(BlockDevices.readZeroCopy(device, 3584, 512, buffers)).isFalse();
    assertThat(buffers.kinds).containsExactly("memory 1000", "zeroes 1536");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "0; 0; not a qcow2 file: it does not start with the qcow2 signature",
        "4; 4; the version of the qcow2 file must be 2 or 3, not 4",
        "12; 99; the qcow2 file has a backing file, which qcow2dec cannot read",
        "32; 1; the qcow2 file is encrypted",
        "76; 1; the qcow2 file was not closed (it is marked dirty)",
        "76; 2; the qcow2 file is marked corrupt",
        "76; 4; the qcow2 file has its data in another file",
        "76; 16; the qcow2 file has extended L2 entries",
        "76; 32; the qcow2 file needs features that are not known here: 20",
        "20; 8; the qcow2 file is damaged: its clusters have 2^8 bytes",
        "20; 22; the qcow2 file is damaged: its clusters have 2^22 bytes",
        "36; 1; the qcow2 file is damaged: its table has 1 entries for 40000 bytes",
        "36; -1; the qcow2 file is damaged: its table has -1 entries for 40000 bytes",
        "24; -1; the qcow2 file is damaged: its table has 2 entries for",
        "40; 1; the qcow2 file is damaged: its table at 4294967808 is not in it",
        "512; 32; the qcow2 file is damaged: a table at 137438954496 is not in it",
      })
  void unsupportedOrDamagedFileIsRefused(int at, int value, String message) throws Exception {
    Images image = image(3);
    image.bytes.putInt(at, value);
    assertThatThrownBy(() -> read(open(image.file()), 0, 512)).hasMessageStartingWith(message);
  }

  private static Images zstd() {
    Images image = new Images(3).plain(0, 1).zstd(1, 7).zstd(2, 8).plain(3, 2);
    image.bytes.putInt(76, 8).put(104, (byte) 1);
    return image;
  }

  @Test
  void clustersMayBeCompressedWithZstd() throws Exception {
    assumeTrue(Zstd.available(), "libzstd is not installed");
    Images image = zstd();
    BlockDevice device = open(image.file());
    assertThat(read(device, 0, 4096)).isEqualTo(Arrays.copyOf(image.contents, 4096));
    assertThat(read(device, 1000, 100)).isEqualTo(Arrays.copyOfRange(image.contents, 1000, 1100));
  }

  @Test
  void damagedZstdClusterIsReported() throws Exception {
    assumeTrue(Zstd.available(), "libzstd is not installed");
    for (int at = 0; at < 26; at++) {
      Images image = zstd();
      int position = 6 * 512 + at; // in the first of them
      image.bytes.put(position, (byte) ~image.bytes.get(position));
      BlockDevice device = open(image.file());
      try {
        read(device, 512, 512); // the value itself is not checked
      } catch (NbdException e) {
        assertThat(e).hasMessageStartingWith("the qcow2 file is damaged: a c");
      }
    }
    Images image = zstd();
    Arrays.fill(image.bytes.array(), 6 * 512, 7 * 512, (byte) 0x55);
    BlockDevice device = open(image.file());
    assertThatThrownBy(() -> read(device, 512, 1))
        .hasMessageStartingWith("the qcow2 file is damaged: a cluster cannot be unpacked");
  }

  @Test
  void unknownCompressionTypeIsRefused() {
    Images image = image(3);
    image.bytes.putInt(76, 8).put(104, (byte) 2);
    assertThatThrownBy(() -> open(image.file()))
        .hasMessageContaining("is compressed in a way that is not known here: 2");
  }

  @Test
  void damagedDeflateClusterIsReported() throws Exception {
    Images image = new Images(3).compressed(0, 1);
    Arrays.fill(image.bytes.array(), 5 * 512, 6 * 512, (byte) 0xff);
    BlockDevice device = open(image.file());
    assertThatThrownBy(() -> read(device, 0, 1))
        .hasMessageStartingWith("the qcow2 file is damaged: a cluster cannot be inflated");
    assertThatThrownBy(() -> open(new byte[50])).hasMessageContaining("the disk has only 50 bytes");
  }

  private BlockDevice open(byte[] file) throws IOException {
    disk = new ModelDisk(file.length);
    System.arraycopy(file, 0, disk.bytes, 0, file.length);
    return Chains.open(Chains.filter(new Qcow2decFilterProvider()), disk);
  }
}
