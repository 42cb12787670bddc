package org.nbdcore.filter.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nbdcore.filter.common.Chains.bytes;
import static org.nbdcore.filter.common.Chains.extents;
import static org.nbdcore.filter.common.Chains.read;
import static org.nbdcore.filter.common.Chains.write;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.filter.common.RandomOperations;
import org.nbdcore.filter.common.ReceivedBuffers;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.helpers.BlockDevices;

@Timeout(60)
@Tag("newest")
final class CacheFilterTest {

  private static final CacheFilterProvider PROVIDER = new CacheFilterProvider();

  private final ModelDisk disk = new ModelDisk((1 << 20) + 512).fill(1);
  private Filter filter;

  @AfterEach
  void close() throws Exception {
    filter.close();
    assertThat(disk.breaches).isEmpty();
  }

  /** One request for each block would take a slow disk many times as long. */
  @Test
  void adjacentBlocksAreWrittenBackTogether() throws IOException {
    BlockDevice device = open("cache-min-block-size=4k");
    write(device, 0, bytes(7, 512 * 1024 + 100), Flags.NONE);
    write(device, 640 * 1024, bytes(8, 12 * 1024), Flags.NONE);
    write(device, 644 * 1024, bytes(9, 4 * 1024), Flags.FUA); // is written already
    write(device, (1 << 20) - 4096, bytes(9, 4096 + 512), Flags.NONE);
    disk.drainCalls();
    device.flush();
    assertThat(disk.drainCalls())
        .containsExactly(
            "write 0+262144",
            "write 262144+262144",
            "write 524288+4096",
            "write 655360+4096",
            "write 663552+4096",
            "write 1044480+4608",
            "flush");
    assertThat(disk.bytes[511]).isEqualTo((byte) 7);
    assertThat(disk.bytes[512 * 1024 + 100]).isEqualTo(ModelDisk.at(1, 512 * 1024 + 100));
    assertThat(disk.bytes[652 * 1024 - 1]).isEqualTo((byte) 8);
    assertThat(disk.bytes[disk.bytes.length - 1]).isEqualTo((byte) 9);
    device.flush();
    assertThat(disk.drainCalls()).containsExactly("flush");
  }

  @Test
  void writebackKeepsWritesUntilAFlushOnAnyConnection() throws IOException {
    BlockDevice one = open();
    BlockDevice two = Chains.open(filter, disk);
    write(one, 65536, bytes(7, 65536), Flags.NONE);
    write(one, 5, bytes(8, 10), Flags.NONE);
    assertThat(disk.drainCalls()).containsExactly("read 0+65536");
    assertThat(read(two, 5, 10)).containsOnly(8);
    two.flush();
    assertThat(disk.drainCalls()).containsExactly("write 0+131072", "flush");
    two.flush();
    assertThat(disk.drainCalls()).containsExactly("flush");
    assertThat(disk.bytes[65536]).isEqualTo((byte) 7);
  }

  @Test
  void writebackWritesThroughWithForceUnitAccess() throws IOException {
    write(open(), 5, bytes(8, 10), Flags.FUA);
    assertThat(disk.drainCalls()).containsExactly("write 5+10 flags=fua");
  }

  @Test
  void writethroughWritesAtOnceAndKeepsWholeBlocks() throws IOException {
    BlockDevice device = open("cache=writethrough");
    write(device, 0, bytes(7, 65536), Flags.NONE);
    write(device, 5, bytes(8, 10), Flags.NONE);
    assertThat(disk.drainCalls()).containsExactly("write 0+65536", "write 5+10");
    assertThat(read(device, 0, 20)).isEqualTo(Arrays.copyOf(disk.bytes, 20)).contains(7, 8);
    assertThat(disk.drainCalls()).isEmpty();
  }

  @Test
  void unsafeIgnoresFlushes() throws IOException {
    BlockDevice device = open("cache=unsafe");
    write(device, 0, bytes(7, 65536), Flags.FUA);
    device.flush();
    device.close();
    assertThat(disk.drainCalls()).isEmpty();
  }

  @Test
  void closeOfTheLastConnectionWritesBack() throws IOException {
    BlockDevice one = open();
    BlockDevice two = Chains.open(filter, disk);
    write(one, 0, bytes(7, 65536), Flags.NONE);
    one.close();
    assertThat(disk.drainCalls()).isEmpty();
    two.close();
    assertThat(disk.drainCalls()).containsExactly("write 0+65536");
  }

  @Test
  void readsAreCachedOnlyWithCacheOnRead(@TempDir Path folder) throws IOException {
    BlockDevice device = open();
    read(device, 5, 10);
    read(device, 5, 10);
    assertThat(disk.drainCalls()).containsExactly("read 5+10", "read 5+10");
    Path file = folder.resolve("switch");
    device = open("cache-on-read=" + file);
    read(device, 5, 10);
    Files.createFile(file);
    read(device, 5, 10);
    read(device, 9, 10);
    assertThat(disk.drainCalls()).containsExactly("read 5+10", "read 0+65536");
    device = open("cache-on-read=true", "cache-min-block-size=4K");
    read(device, 5, 10);
    assertThat(disk.drainCalls()).containsExactly("read 0+4096");
  }

  @Test
  void cacheRequestsReadBlocksIntoTheCache() throws IOException {
    BlockDevice device = open();
    device.cache(65000, 1000);
    read(device, 0, 131072);
    assertThat(disk.drainCalls()).containsExactly("read 0+131072");
    device.cache(100, 400_000); // as much at a time as a buffer holds
    assertThat(disk.drainCalls()).containsExactly("read 131072+262144", "read 393216+65536");
  }

  /** A cached block may be newer than the disk below. */
  @Test
  void zeroCopyReadsOfBlocksThatAreNotCachedReachTheDiskBelow() throws IOException {
    filter = Chains.filter(PROVIDER);
    BlockDevice device = Chains.open(filter, disk.zeroCopy());
    ReceivedBuffers buffers = new ReceivedBuffers(true);
    assertThat(BlockDevices.readZeroCopy(device, 100, 131072, buffers)).isTrue();
    assertThat(buffers.bytes()).isEqualTo(Arrays.copyOfRange(disk.bytes, 100, 131172));
    write(device, 70_000, bytes(7, 10), Flags.NONE);
    assertThat(BlockDevices.readZeroCopy(device, 0, 65537, buffers)).isFalse();
    assertThat(BlockDevices.readZeroCopy(device, 131071, 10, buffers)).isFalse();
    assertThat(BlockDevices.readZeroCopy(device, 0, 65536, buffers)).isTrue();
    assertThat(BlockDevices.readZeroCopy(device, 131072, 65536, buffers)).isTrue();
    assertThat(buffers.kinds).hasSize(3);
  }

  @Test
  void zeroAndTrimReachTheDiskAndTheCache() throws IOException {
    BlockDevice device = open();
    write(device, 0, bytes(7, 196608), Flags.NONE);
    device.zero(100, 131000, Flags.MAY_TRIM);
    assertThat(disk.drainCalls()).containsExactly("zero 100+131000 flags=may-trim");
    device.flush();
    byte[] expected = bytes(7, 196608);
    Arrays.fill(expected, 100, 131100, (byte) 0);
    assertThat(Arrays.copyOf(disk.bytes, 196608)).isEqualTo(expected);
  }

  @Test
  void dirtyBlocksAreReportedAsData() throws IOException {
    disk.allocate(0, 1 << 20, false);
    BlockDevice device = open();
    write(device, 65536, bytes(1, 65536), Flags.NONE);
    assertThat(extents(device, 0, 196608, Flags.NONE))
        .isEqualTo("0+65536=3 65536+65536=0 131072+65536=3");
  }

  @Test
  void leastRecentlyUsedBlocksAreEvictedAndWrittenBack() throws IOException {
    BlockDevice device =
        open(
            "cache-min-block-size=4K",
            "cache-max-size=40K",
            "cache-high-threshold=80",
            "cache-low-threshold=40");
    for (int block = 0; block < 8; block++) {
      write(device, block * 4096, bytes(block, 4096), Flags.NONE);
    }
    assertThat(disk.drainCalls()).isEmpty();
    read(device, 0, 1); // so that block 1 is the oldest
    write(device, 8 * 4096, bytes(8, 4096), Flags.NONE);
    assertThat(disk.drainCalls())
        .containsExactly(
            "write 4096+4096", "write 8192+4096", "write 12288+4096", "write 16384+4096");
    for (int block = 0; block < 9; block++) {
      assertThat(read(device, block * 4096, 4096)).containsOnly(block);
    }
  }

  @Test
  void aFailedWriteBackIsReportedByFlushAndTriedAgain() throws IOException {
    BlockDevice device = open();
    write(device, 0, bytes(7, 65536), Flags.NONE);
    disk.hook =
        (operation, offset, length, flags) -> {
          if (operation.equals("write")) {
            throw new IOException("planted");
          }
        };
    assertThatThrownBy(device::flush).hasMessage("planted");
    disk.hook = (operation, offset, length, flags) -> {};
    device.flush();
    assertThat(Arrays.copyOf(disk.bytes, 65536)).containsOnly(7);
  }

  @Test
  void contradictoryParametersAreRefused() {
    filter = Chains.filter(PROVIDER);
    assertThatThrownBy(
            () -> Chains.configure(PROVIDER, "cache-low-threshold=95", "cache-high-threshold=90"))
        .hasMessage("cache-low-threshold must be less than cache-high-threshold (90), not 95");
    assertThatThrownBy(() -> Chains.configure(PROVIDER, "cache-max-size=64K"))
        .hasMessage("cache-max-size must be at least four blocks (262144), not 65536");
  }

  @Test
  void eightThreadsInASmallCacheAgreeWithTheModel() throws Exception {
    for (String mode : List.of("writeback", "writethrough", "unsafe")) {
      long seed = new Random().nextLong();
      ExecutorService threads = Executors.newCachedThreadPool();
      open("cache=" + mode, "cache-min-block-size=4K", "cache-max-size=160K", "cache-on-read=true");
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        BlockDevice device = Chains.open(filter, disk);
        RandomOperations part =
            new RandomOperations(device, seed + i, i * 100_003, (i + 1) * 100_003, 30_000);
        running.add(
            threads.submit(
                () -> {
                  part.run(250);
                  return null;
                }));
      }
      for (Future<?> future : running) {
        assertThat(future).as(mode + ", seed " + seed).succeedsWithin(50, TimeUnit.SECONDS);
      }
      threads.shutdown();
      if (!mode.equals("writeback")) {
        filter.close();
      }
    }
  }

  private BlockDevice open(String... pairs) throws IOException {
    filter = Chains.filter(PROVIDER, pairs);
    return Chains.open(filter, disk);
  }

  @Test
  void readsCountHitsAndMisses() throws IOException {
    BlockDevice device = open("cache-min-block-size=4k", "cache-on-read=true");
    read(device, 0, 16384);
    assertThat(counters()).containsEntry("hits", 0.0).containsEntry("misses", 4.0);
    read(device, 4000, 8192); // three cached blocks
    read(device, 12288, 8192); // one cached block, one that is not
    assertThat(counters()).containsEntry("hits", 4.0).containsEntry("misses", 5.0);
  }

  @Test
  void uncachedReadsAreCountedToo() throws IOException {
    BlockDevice device = open("cache-min-block-size=4k");
    write(device, 4096, bytes(7, 4096), Flags.NONE);
    read(device, 0, 12288);
    assertThat(counters()).containsEntry("hits", 1.0).containsEntry("misses", 2.0);
  }

  private Map<String, Double> counters() {
    Map<String, Double> counters = new TreeMap<>();
    filter.counters((name, help, label, labelValue, value) -> counters.put(name, value));
    return counters;
  }
}
