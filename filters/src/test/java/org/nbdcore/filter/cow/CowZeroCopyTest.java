package org.nbdcore.filter.cow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nbdcore.filter.common.Chains.bytes;
import static org.nbdcore.filter.common.Chains.read;
import static org.nbdcore.filter.common.Chains.write;

import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.filter.common.ReceivedBuffers;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.helpers.BlockDevices;

/** Zero-copy reads of the cow filter, and the layout of the blocks in its file. */
@Tag("newest")
final class CowZeroCopyTest {

  private static final int BLOCK = 4096;
  private static final int REGION = 64 * BLOCK;

  private final ModelDisk disk = new ModelDisk(4 * REGION).with(Capabilities.readOnly()).fill(1);
  private final byte[] expected = disk.bytes.clone();
  private Filter filter;

  @AfterEach
  void close() throws Exception {
    filter.close();
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC}) // elsewhere the page cache cannot be queried
  void adjacentBlocksAreOneFileRangeInAnyOrderOfWrites() throws IOException {
    BlockDevice device = open();
    for (int block : new int[] {5, 3, 6, 4}) {
      put(device, block * BLOCK, bytes(block, BLOCK));
    }
    put(device, 4 * BLOCK + 10, bytes(77, 100));
    assertThat(readZeroCopy(device, 3 * BLOCK, 4 * BLOCK)).isEqualTo("file 16384");
    assertThat(readZeroCopy(device, 3 * BLOCK + 5, 2 * BLOCK)).isEqualTo("file 8192");
    put(device, REGION - BLOCK, bytes(8, 2 * BLOCK)); // into the next region of the file
    assertThat(readZeroCopy(device, REGION - BLOCK, 2 * BLOCK)).isEqualTo("file 8192");
  }

  @Test
  void separateRegionsOfTheFileDeclineZeroCopy() throws IOException {
    BlockDevice device = open();
    put(device, 2 * REGION, bytes(2, BLOCK));
    put(device, REGION - BLOCK, bytes(1, BLOCK));
    put(device, REGION, bytes(3, BLOCK));
    put(device, 3 * REGION - BLOCK, bytes(4, 2 * BLOCK));
    assertThat(readZeroCopy(device, 3 * REGION - BLOCK, 2 * BLOCK)).isEqualTo("nothing");
    assertThat(read(device, 0, expected.length)).isEqualTo(expected);
  }

  @Test
  void zeroesAreAddedAsZeroesAndMixedRangesDeclineZeroCopy() throws IOException {
    BlockDevice device = open();
    device.zero(0, 2L * REGION, Flags.NONE);
    Arrays.fill(expected, 0, 2 * REGION, (byte) 0);
    assertThat(readZeroCopy(device, 100, 2 * REGION - 100))
        .isEqualTo("zeroes " + (2 * REGION - 100));
    assertThat(readZeroCopy(device, 100, 2 * REGION)).isEqualTo("nothing");
    put(device, BLOCK + 1, bytes(7, 10));
    assertThat(readZeroCopy(device, 0, 2 * BLOCK)).isEqualTo("nothing");
    assertThat(readZeroCopy(device, 2 * BLOCK, BLOCK)).isEqualTo("zeroes 4096");
    assertThat(read(device, 0, expected.length)).isEqualTo(expected);
  }

  @Test
  void zeroCopyIsDeclinedIfFilesAreNotAccepted() throws IOException {
    BlockDevice device = open();
    put(device, 0, bytes(1, REGION));
    ReceivedBuffers buffers = new ReceivedBuffers(false);
    assertThat(BlockDevices.readZeroCopy(device, 0, REGION, buffers)).isFalse();
    assertThat(buffers.kinds).isEmpty();
  }

  @Test
  void readsWithCowOnReadDeclineZeroCopy() throws IOException {
    BlockDevice device = open("cow-on-read=true");
    put(device, 0, bytes(1, BLOCK));
    assertThat(readZeroCopy(device, 0, BLOCK)).isEqualTo("nothing");
  }

  /** A request for several blocks is one request below; completely written blocks are not read. */
  @Test
  void blocksBelowAreReadInOneCall() throws IOException {
    BlockDevice device = open();
    put(device, 2 * REGION, bytes(1, BLOCK));
    disk.drainCalls();
    read(device, 100, 2 * REGION + BLOCK);
    assertThat(disk.drainCalls())
        .containsExactly("read 100+524188", "read " + (2 * REGION + BLOCK) + "+100");
    put(device, BLOCK - 10, bytes(2, 3 * BLOCK + 20));
    assertThat(disk.drainCalls()).containsExactly("read 0+4096", "read 16384+4096");
    assertThat(read(device, 0, expected.length)).isEqualTo(expected);
  }

  private BlockDevice open(String... pairs) throws IOException {
    String[] all = Arrays.copyOf(pairs, pairs.length + 1);
    all[pairs.length] = "cow-block-size=4K";
    filter = Chains.filter(new CowFilterProvider(), all);
    return Chains.open(filter, disk);
  }

  private void put(BlockDevice device, int offset, byte[] data) throws IOException {
    write(device, offset, data, Flags.NONE);
    System.arraycopy(data, 0, expected, offset, data.length);
  }

  /** Returns the kinds of the added buffers, and checks their bytes. */
  private String readZeroCopy(BlockDevice device, int offset, int length) throws IOException {
    ReceivedBuffers buffers = new ReceivedBuffers(true);
    if (!BlockDevices.readZeroCopy(device, offset, length, buffers)) {
      assertThat(buffers.kinds).isEmpty();
      return "nothing";
    }
    assertThat(buffers.bytes()).isEqualTo(Arrays.copyOfRange(expected, offset, offset + length));
    return String.join(", ", buffers.kinds);
  }
}
