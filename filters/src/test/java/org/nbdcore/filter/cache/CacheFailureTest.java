package org.nbdcore.filter.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nbdcore.filter.common.Chains.bytes;
import static org.nbdcore.filter.common.Chains.read;
import static org.nbdcore.filter.common.Chains.write;

import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;

/** The cache over a disk that fails, or that ends within a block. */
@Timeout(60)
final class CacheFailureTest {

  private static final int BLOCK = 65536;

  private final ModelDisk disk = new ModelDisk(16 * BLOCK).fill(1);
  private Filter filter;

  @AfterEach
  void close() throws Exception {
    filter.close();
    assertThat(disk.breaches).isEmpty();
  }

  @Test
  void aReadDoesNotFailBecauseAnOldBlockCannotBeWrittenBack() throws IOException {
    BlockDevice device = open("cache-on-read=true", "cache-max-size=256K");
    for (int block = 0; block < 4; block++) {
      write(device, block * BLOCK, bytes(7, BLOCK), 0);
    }
    fail("write");
    assertThat(read(device, 8 * BLOCK, 100))
        .isEqualTo(Arrays.copyOfRange(disk.bytes, 8 * BLOCK, 8 * BLOCK + 100));
    assertThatThrownBy(() -> write(device, 9 * BLOCK, bytes(1, BLOCK), 0)).hasMessage("planted");
    disk.hook = (operation, offset, length, flags) -> {};
    assertThat(read(device, 0, BLOCK)).containsOnly(7);
    device.flush();
    assertThat(Arrays.copyOf(disk.bytes, 4 * BLOCK)).containsOnly(7);
  }

  @Test
  void whatAFailedWriteLeftBehindIsReadAsItIs() throws IOException {
    BlockDevice device = open("cache=writethrough");
    write(device, 0, bytes(7, BLOCK), 0);
    fail("write");
    assertThatThrownBy(() -> write(device, 0, bytes(8, BLOCK), 0)).hasMessage("planted");
    disk.hook = (operation, offset, length, flags) -> {};
    assertThat(disk.bytes[0]).as("half of it was written").isEqualTo((byte) 8);
    assertThat(read(device, 0, BLOCK)).isEqualTo(Arrays.copyOf(disk.bytes, BLOCK));
  }

  @Test
  void whatAFailedZeroOrTrimLeftBehindIsReadAsItIs() throws IOException {
    BlockDevice device = open("cache=writethrough");
    write(device, 0, bytes(7, 2 * BLOCK), 0);
    disk.hook =
        (operation, offset, length, flags) -> {
          if (!operation.equals("read")) {
            Arrays.fill(disk.bytes, (int) offset, (int) offset + 100, (byte) 0);
            throw new IOException("planted");
          }
        };
    assertThatThrownBy(() -> device.zero(0, BLOCK, 0)).hasMessage("planted");
    assertThatThrownBy(() -> device.trim(BLOCK, BLOCK, 0)).hasMessage("planted");
    assertThat(read(device, 0, 2 * BLOCK)).isEqualTo(Arrays.copyOf(disk.bytes, 2 * BLOCK));
  }

  @Test
  void aFailedZeroDoesNotLoseWritesThatAreStillToBeWrittenBack() throws IOException {
    BlockDevice device = open();
    write(device, 0, bytes(7, BLOCK), 0);
    fail("zero");
    assertThatThrownBy(() -> device.zero(0, BLOCK, 0)).hasMessage("planted");
    assertThat(read(device, 0, BLOCK)).containsOnly(7);
    device.flush();
    assertThat(Arrays.copyOf(disk.bytes, BLOCK)).containsOnly(7);
  }

  @Test
  void theEndOfADiskThatIsNoMultipleOfItsBlockSizeIsLeftAlone() throws IOException {
    ModelDisk odd = new ModelDisk(2 * BLOCK + 700).fill(1);
    odd.withBlockSizes(512, 4096, 1 << 20);
    filter = Chains.filter(new CacheFilterProvider(), "cache-on-read=true");
    BlockDevice device = Chains.open(filter, odd);
    assertThat(read(device, 2 * BLOCK, 512))
        .isEqualTo(Arrays.copyOfRange(odd.bytes, 2 * BLOCK, 2 * BLOCK + 512));
    write(device, 2 * BLOCK, bytes(7, 512), 0);
    device.flush();
    assertThat(Arrays.copyOfRange(odd.bytes, 2 * BLOCK, 2 * BLOCK + 512)).containsOnly(7);
    device.close();
    assertThat(odd.breaches).isEmpty();
  }

  private void fail(String failing) {
    disk.hook =
        (operation, offset, length, flags) -> {
          if (operation.equals(failing)) {
            throw new IOException("planted");
          }
        };
  }

  private BlockDevice open(String... pairs) throws IOException {
    filter = Chains.filter(new CacheFilterProvider(), pairs);
    return Chains.open(filter, disk);
  }
}
