package org.nbdcore.filter.gzip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nbdcore.filter.common.Chains.read;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.filter.common.ReceivedBuffers;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.helpers.BlockDevices;

@Tag("newest")
final class GzipFilterTest {

  private final byte[] contents = new byte[700_001];
  private Filter filter;
  private ModelDisk disk;

  GzipFilterTest() {
    new Random(1).nextBytes(contents);
    Arrays.fill(contents, 100_000, 200_000, (byte) 0);
  }

  @AfterEach
  void close() throws Exception {
    if (filter != null) {
      filter.close();
    }
    assertThat(disk.breaches).isEmpty();
  }

  @Test
  void decompressedFileIsServedReadOnly() throws Exception {
    BlockDevice device = open(pack(contents));
    assertThat(device.size()).isEqualTo(contents.length);
    assertThat(device.capabilities().write()).isFalse();
    assertThat(read(device, 0, contents.length)).isEqualTo(contents);
    assertThat(read(device, 99_999, 2)).isEqualTo(Arrays.copyOfRange(contents, 99_999, 100_001));
    ReceivedBuffers buffers = new ReceivedBuffers(true);
    if (BlockDevices.readZeroCopy(device, 5, 700_000 - 5, buffers)) {
      assertThat(buffers.bytes()).isEqualTo(Arrays.copyOfRange(contents, 5, 700_000));
    }
    assertThat(disk.opened).allMatch(OpenRequest::readOnly);
    device.close();
    assertThat(disk.open.get()).isZero();
  }

  @Test
  void fileIsDecompressedOnceForEachExport() throws Exception {
    open(pack(contents)).close();
    assertThat(disk.drainCalls()).isNotEmpty();
    assertThat(read(Chains.open(filter, disk), 0, 10)).isEqualTo(Arrays.copyOf(contents, 10));
    assertThat(disk.drainCalls()).isEmpty();
    filter.open(OpenRequest.detached("other", false), disk);
    assertThat(disk.drainCalls()).isNotEmpty();
  }

  /** The client chooses export names, so it could fill the disk and use up descriptors. */
  @Test
  void onlyRecentlyUsedExportsAreKept() throws Exception {
    BlockDevice used = open(pack(contents));
    int maxIdle = 8; // as the pages of bzip2 and gzip say
    for (int i = 0; i <= maxIdle; i++) {
      connect("left " + i).close();
    }
    disk.drainCalls();
    connect("left " + maxIdle).close();
    connect("left 1").close();
    assertThat(disk.drainCalls()).as("most recently closed").isEmpty();
    connect("left 0").close();
    assertThat(disk.drainCalls()).as("closed first").isNotEmpty();
    connect("left 2").close();
    assertThat(disk.drainCalls()).as("closed first of the kept exports").isNotEmpty();
    assertThat(read(used, 0, contents.length)).as("in use").isEqualTo(contents);
    Chains.open(filter, disk).close();
    assertThat(disk.drainCalls()).as("in use").isEmpty();
    used.close();
    assertThat(disk.open.get()).isZero();
  }

  @Test
  void damagedExportsDoNotEvictOthers() throws Exception {
    byte[] packed = pack(contents);
    open(packed).close();
    disk.bytes[0] ^= 1;
    for (int i = 0; i < 20; i++) {
      String name = "damaged " + i;
      assertThatThrownBy(() -> connect(name)).hasMessageStartingWith("not a valid gzip file");
    }
    disk.drainCalls();
    assertThat(read(connect(""), 0, 10)).isEqualTo(Arrays.copyOf(contents, 10));
    assertThat(disk.drainCalls()).isEmpty();
  }

  @Test
  void concatenatedMembersAndPaddingOfTheLastBlockAreAccepted() throws Exception {
    ByteArrayOutputStream parts = new ByteArrayOutputStream();
    parts.writeBytes(pack(Arrays.copyOf(contents, 300_000)));
    parts.writeBytes(pack(Arrays.copyOfRange(contents, 300_000, contents.length)));
    parts.writeBytes(new byte[-parts.size() & 4095]);
    disk = new ModelDisk(parts.size()).withBlockSizes(4096, 4096, 8192);
    System.arraycopy(parts.toByteArray(), 0, disk.bytes, 0, parts.size());
    filter = Chains.filter(new GzipFilterProvider());
    assertThat(read(Chains.open(filter, disk), 0, contents.length)).isEqualTo(contents);
  }

  /** The filter reads 256 KiB at a time; a member ends near the end of such a piece. */
  @ParameterizedTest
  @ValueSource(ints = {-8, 0, 4, 8})
  void memberThatEndsWithAPieceIsFollowedByTheNext(int beyond) throws Exception {
    byte[] first = packedTo((256 << 10) + beyond, Arrays.copyOfRange(contents, 250_000, 490_000));
    ByteArrayOutputStream parts = new ByteArrayOutputStream();
    parts.writeBytes(first);
    parts.writeBytes(pack(Arrays.copyOf(contents, 1000)));
    BlockDevice device = open(parts.toByteArray());
    assertThat(device.size()).isEqualTo(241_000);
    assertThat(read(device, 240_000, 1000)).isEqualTo(Arrays.copyOf(contents, 1000));
  }

  /** Compresses to exactly {@code length} bytes, with an unused field in the header. */
  private static byte[] packedTo(int length, byte[] bytes) throws IOException {
    byte[] packed = pack(bytes);
    int extra = length - packed.length - 2;
    assertThat(extra).isBetween(0, 65535);
    byte[] longer = new byte[length];
    System.arraycopy(packed, 0, longer, 0, 10);
    longer[3] |= 4; // FEXTRA
    longer[10] = (byte) extra;
    longer[11] = (byte) (extra >> 8);
    System.arraycopy(packed, 10, longer, 12 + extra, packed.length - 10);
    return longer;
  }

  @Test
  void anEmptyFileIsAnEmptyDisk() throws Exception {
    assertThat(open(pack(new byte[0])).size()).isZero();
  }

  @Test
  void otherAndDamagedFilesAreRefusedAndReadAgainLater() throws Exception {
    byte[] packed = pack(contents);
    assertThatThrownBy(() -> open(contents)).hasMessageStartingWith("not a valid gzip file: ");
    assertThatThrownBy(() -> open(Arrays.copyOf(packed, packed.length / 2)))
        .hasMessageStartingWith("not a valid gzip file: ");
    byte[] flipped = packed.clone();
    flipped[packed.length / 2] ^= 1;
    assertThatThrownBy(() -> open(flipped)).hasMessageStartingWith("not a valid gzip file: ");
    assertThat(disk.open.get()).isZero();
    System.arraycopy(packed, 0, disk.bytes, 0, packed.length);
    assertThat(Chains.open(filter, disk).size()).isEqualTo(contents.length);
  }

  @Test
  void readErrorsAreForwarded() throws Exception {
    disk = ModelDisk.holding(pack(contents));
    disk.failNext("read", 1);
    filter = Chains.filter(new GzipFilterProvider());
    assertThatThrownBy(() -> Chains.open(filter, disk)).hasMessage("planted in read");
    assertThat(disk.open.get()).isZero();
  }

  private BlockDevice connect(String export) throws IOException {
    return filter.open(OpenRequest.detached(export, false), disk);
  }

  private BlockDevice open(byte[] packed) throws IOException {
    disk = new ModelDisk(packed.length);
    System.arraycopy(packed, 0, disk.bytes, 0, packed.length);
    filter = Chains.filter(new GzipFilterProvider());
    return Chains.open(filter, disk);
  }

  private static byte[] pack(byte[] contents) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(contents);
    }
    return packed.toByteArray();
  }
}
