package org.nbdcore.filter.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nbdcore.filter.common.Chains.bytes;
import static org.nbdcore.filter.common.Chains.read;
import static org.nbdcore.filter.common.Chains.write;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.filter.retry.RetryFilterProvider;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.Flags;

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
  void readSucceedsIfAnEvictedBlockCannotBeWrittenBack() throws IOException {
    BlockDevice device = open("cache-on-read=true", "cache-max-size=256K");
    for (int block = 0; block < 4; block++) {
      write(device, block * BLOCK, bytes(7, BLOCK), Flags.NONE);
    }
    fail("write");
    assertThat(read(device, 8 * BLOCK, 100))
        .isEqualTo(Arrays.copyOfRange(disk.bytes, 8 * BLOCK, 8 * BLOCK + 100));
    assertThatThrownBy(() -> write(device, 9 * BLOCK, bytes(1, BLOCK), Flags.NONE))
        .hasMessage("planted");
    disk.hook = (operation, offset, length, flags) -> {};
    assertThat(read(device, 0, BLOCK)).containsOnly(7);
    device.flush();
    assertThat(Arrays.copyOf(disk.bytes, 4 * BLOCK)).containsOnly(7);
  }

  @Test
  void readAfterAFailedWriteReturnsTheDataOfTheDisk() throws IOException {
    BlockDevice device = open("cache=writethrough");
    write(device, 0, bytes(7, BLOCK), Flags.NONE);
    fail("write");
    assertThatThrownBy(() -> write(device, 0, bytes(8, BLOCK), Flags.NONE)).hasMessage("planted");
    disk.hook = (operation, offset, length, flags) -> {};
    assertThat(disk.bytes[0]).as("half of it was written").isEqualTo((byte) 8);
    assertThat(read(device, 0, BLOCK)).isEqualTo(Arrays.copyOf(disk.bytes, BLOCK));
  }

  @Test
  void readAfterAFailedZeroOrTrimReturnsTheDataOfTheDisk() throws IOException {
    BlockDevice device = open("cache=writethrough");
    write(device, 0, bytes(7, 2 * BLOCK), Flags.NONE);
    disk.hook =
        (operation, offset, length, flags) -> {
          if (!operation.equals("read")) {
            Arrays.fill(disk.bytes, (int) offset, (int) offset + 100, (byte) 0);
            throw new IOException("planted");
          }
        };
    assertThatThrownBy(() -> device.zero(0, BLOCK, Flags.NONE)).hasMessage("planted");
    assertThatThrownBy(() -> device.trim(BLOCK, BLOCK, Flags.NONE)).hasMessage("planted");
    assertThat(read(device, 0, 2 * BLOCK)).isEqualTo(Arrays.copyOf(disk.bytes, 2 * BLOCK));
  }

  @Test
  void failedZeroKeepsDirtyBlocks() throws IOException {
    BlockDevice device = open();
    write(device, 0, bytes(7, BLOCK), Flags.NONE);
    fail("zero");
    assertThatThrownBy(() -> device.zero(0, BLOCK, Flags.NONE)).hasMessage("planted");
    assertThat(read(device, 0, BLOCK)).containsOnly(7);
    device.flush();
    assertThat(Arrays.copyOf(disk.bytes, BLOCK)).containsOnly(7);
  }

  @Test
  void unalignedEndOfTheDiskIsNotAccessed() throws IOException {
    ModelDisk odd = new ModelDisk(2 * BLOCK + 700).fill(1);
    odd.withBlockSizes(512, 4096, 1 << 20);
    filter = Chains.filter(new CacheFilterProvider(), "cache-on-read=true");
    BlockDevice device = Chains.open(filter, odd);
    assertThat(read(device, 2 * BLOCK, 512))
        .isEqualTo(Arrays.copyOfRange(odd.bytes, 2 * BLOCK, 2 * BLOCK + 512));
    write(device, 2 * BLOCK, bytes(7, 512), Flags.NONE);
    device.flush();
    assertThat(Arrays.copyOfRange(odd.bytes, 2 * BLOCK, 2 * BLOCK + 512)).containsOnly(7);
    device.close();
    assertThat(odd.breaches).isEmpty();
  }

  /** A repeated flush, on this connection or another, must not lose data. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void dataOfAFailedFlushIsWrittenAgain(boolean multiConn) throws IOException {
    disk.with(ModelDisk.ALL.withMultiConn(multiConn));
    BlockDevice device = open();
    write(device, 0, bytes(7, BLOCK), Flags.NONE);
    write(device, BLOCK, bytes(8, BLOCK), Flags.NONE);
    fail("flush");
    assertThatThrownBy(device::flush).hasMessage("planted");
    Arrays.fill(disk.bytes, 0, 2 * BLOCK, (byte) 0); // the data was not durable and is lost
    disk.hook = (operation, offset, length, flags) -> {};
    disk.drainCalls();
    device.flush();
    assertThat(disk.drainCalls()).containsExactly("write 0+131072", "flush");
    device.flush();
    assertThat(disk.drainCalls()).containsExactly("flush");
    assertThat(Arrays.copyOf(disk.bytes, BLOCK)).containsOnly(7);
  }

  @Test
  void blocksWrittenBeforeAFailedWriteBackAreWrittenAgain() throws IOException {
    BlockDevice device = open();
    write(device, 0, bytes(7, BLOCK), Flags.NONE);
    write(device, 2 * BLOCK, bytes(8, BLOCK), Flags.NONE); // no neighbour
    disk.hook =
        (operation, offset, length, flags) -> {
          if (operation.equals("write") && offset == 2 * BLOCK) {
            throw new IOException("planted");
          }
        };
    assertThatThrownBy(device::flush).hasMessage("planted");
    disk.hook = (operation, offset, length, flags) -> {};
    disk.drainCalls();
    device.flush();
    assertThat(disk.drainCalls()).containsExactly("write 0+65536", "write 131072+65536", "flush");
  }

  /** The retry filter above the cache repeats a flush like this. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void flushAfterReopenCoversEarlierWrites(boolean whileClosing) throws IOException {
    disk.with(ModelDisk.ALL.withMultiConn(false));
    BlockDevice device = open();
    write(device, 0, bytes(7, BLOCK), Flags.NONE);
    fail("flush");
    assertThatThrownBy(device::flush).hasMessage("planted");
    if (whileClosing) {
      assertThatThrownBy(device::close).hasMessage("planted");
    } else {
      disk.hook = (operation, offset, length, flags) -> {};
      disk.drainCalls();
      device.close();
      assertThat(disk.drainCalls()).containsExactly("write 0+65536", "flush");
    }
    disk.hook = (operation, offset, length, flags) -> {};
    disk.drainCalls();
    try (BlockDevice reopened = Chains.open(filter, disk)) {
      reopened.flush();
    }
    assertThat(disk.drainCalls()).hasSize(whileClosing ? 2 : 1).endsWith("flush");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void flushRepeatedByTheRetryFilterWritesAllData(boolean multiConn) throws Exception {
    disk.with(ModelDisk.ALL.withMultiConn(multiConn));
    filter = Chains.filter(new CacheFilterProvider());
    AtomicInteger flushes = new AtomicInteger();
    disk.hook =
        (operation, offset, length, flags) -> {
          if (operation.equals("flush") && flushes.getAndIncrement() == 0) {
            Arrays.fill(disk.bytes, 0, BLOCK, (byte) 0); // the data was not durable and is lost
            throw new IOException("planted");
          }
        };
    try (Filter retry = Chains.filter(new RetryFilterProvider(), "retry-delay=1ns");
        BlockDevice device = Chains.open(retry, Chains.over(filter, disk))) {
      write(device, 0, bytes(7, BLOCK), Flags.NONE);
      device.flush();
      assertThat(disk.opened).hasSize(2);
      assertThat(Arrays.copyOf(disk.bytes, BLOCK)).containsOnly(7);
      assertThat(disk.drainCalls()).endsWith("flush");
    }
  }

  @Test
  void closeDoesNotFlushIfNothingWasWrittenBack() throws IOException {
    disk.with(ModelDisk.ALL.withMultiConn(false));
    BlockDevice device = open();
    write(device, 0, bytes(7, BLOCK), Flags.NONE);
    device.flush();
    disk.drainCalls();
    device.close();
    assertThat(disk.drainCalls()).isEmpty();
  }

  /** After the filter's close, the temporary file accepts no data, as on a full disk. */
  @Test
  void writethroughSucceedsIfTheBlockCannotBeCached() throws Exception {
    BlockDevice device = open("cache=writethrough");
    write(device, 0, bytes(7, BLOCK), Flags.NONE);
    filter.close();
    write(device, 0, bytes(8, 100), Flags.NONE);
    write(device, BLOCK, bytes(8, BLOCK), Flags.NONE);
    assertThat(Arrays.copyOfRange(disk.bytes, BLOCK, 2 * BLOCK)).containsOnly(8);
    assertThat(read(device, 0, 200)).isEqualTo(Arrays.copyOf(disk.bytes, 200));
  }

  @Test
  void writeWithFuaFailsIfADirtyBlockCannotBeUpdated() throws Exception {
    BlockDevice device = open();
    write(device, 0, bytes(7, BLOCK), Flags.NONE);
    filter.close();
    assertThatThrownBy(() -> write(device, 0, bytes(8, 100), Flags.FUA))
        .isInstanceOf(IOException.class);
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
