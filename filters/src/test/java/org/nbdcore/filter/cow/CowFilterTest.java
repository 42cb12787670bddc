package org.nbdcore.filter.cow;

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
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.filter.common.RandomOperations;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Support;

@Timeout(60)
@Tag("newest")
final class CowFilterTest {

  private static final CowFilterProvider PROVIDER = new CowFilterProvider();

  private final ModelDisk disk =
      new ModelDisk((1 << 20) + 1000).with(Capabilities.readOnly()).fill(1);
  private final byte[] original = disk.bytes.clone();
  private Filter filter;

  @AfterEach
  void theDiskBelowIsUnchanged() throws Exception {
    if (filter != null) {
      filter.close();
    }
    assertThat(disk.bytes).isEqualTo(original);
    assertThat(disk.breaches).isEmpty();
  }

  @Test
  void aReadOnlyDiskBecomesWritableForAllConnections() throws IOException {
    BlockDevice one = open();
    BlockDevice two = Chains.open(filter, disk);
    assertThat(one.capabilities().write()).isTrue();
    assertThat(one.capabilities().multiConn()).isTrue();
    write(one, 1000, bytes(7, 100), Flags.FUA);
    one.flush();
    assertThat(read(two, 1000, 100)).containsOnly(7);
    assertThat(read(two, 900, 100)).isEqualTo(java.util.Arrays.copyOfRange(original, 900, 1000));
    assertThat(disk.opened).allMatch(OpenRequest::readOnly);
    one.close();
    two.close();
    assertThat(read(Chains.open(filter, disk), 1000, 100)).containsOnly(7);
  }

  @Test
  void eachExportHasAnOverlayOfItsOwn() throws IOException {
    BlockDevice one = open();
    BlockDevice two = filter.open(OpenRequest.detached("two", false), disk);
    write(one, 0, bytes(7, 100), Flags.NONE);
    assertThat(read(two, 0, 100)).isEqualTo(java.util.Arrays.copyOf(original, 100));
  }

  @Test
  void partialWriteCopiesTheBlockAndFullWriteReadsNothing() throws IOException {
    BlockDevice device = open();
    write(device, 65536, bytes(1, 65536), Flags.NONE);
    assertThat(disk.drainCalls()).isEmpty();
    write(device, 5, bytes(1, 10), Flags.NONE);
    assertThat(disk.drainCalls()).containsExactly("read 0+65536");
    write(device, 25, bytes(1, 10), Flags.NONE);
    assertThat(disk.drainCalls()).isEmpty();
  }

  @Test
  void theBlockSizeIsAParameter() throws IOException {
    write(open("cow-block-size=4K"), 5, bytes(1, 10), Flags.NONE);
    assertThat(disk.drainCalls()).containsExactly("read 0+4096");
  }

  @Test
  void readsCopyBlocksOnlyWithCowOnRead(@TempDir Path folder) throws IOException {
    BlockDevice device = open();
    read(device, 5, 10);
    read(device, 5, 10);
    assertThat(disk.drainCalls()).containsExactly("read 5+10", "read 5+10");
    device = open("cow-on-read=true");
    read(device, 5, 10);
    read(device, 9, 10);
    assertThat(disk.drainCalls()).containsExactly("read 0+65536");
    Path file = folder.resolve("switch");
    device = open("cow-on-read=" + file);
    read(device, 5, 10);
    Files.createFile(file);
    read(device, 5, 10);
    read(device, 5, 10);
    assertThat(disk.drainCalls()).containsExactly("read 5+10", "read 0+65536");
  }

  @Test
  void cacheRequestsCopyBlocksOnlyWithCowOnCache() throws IOException {
    assertThat(open().capabilities().cache()).isEqualTo(Support.NONE);
    BlockDevice device = open("cow-on-cache=true");
    assertThat(device.capabilities().cache()).isEqualTo(Support.NATIVE);
    device.cache(65000, 1000);
    read(device, 0, 131072);
    assertThat(disk.drainCalls()).containsExactly("read 0+131072");
    disk.with(Capabilities.readOnly().withCache(Support.NATIVE));
    open().cache(65000, 1000);
    assertThat(disk.drainCalls()).containsExactly("cache 65000+1000");
  }

  @Test
  void extentsCombineTheOverlayAndTheDiskBelow() throws IOException {
    disk.with(Capabilities.readOnly().withExtents(true));
    disk.allocate(0, 1 << 20, false);
    BlockDevice device = open();
    write(device, 65536, bytes(1, 1), Flags.NONE);
    device.zero(131072, 65536, Flags.NONE);
    disk.allocate(262144, 327680, true);
    assertThat(extents(device, 0, 393216, Flags.NONE))
        .isEqualTo("0+65536=3 65536+65536=0 131072+131072=3 262144+65536=0 327680+65536=3");
  }

  /** Trimmed blocks must not be read from a slow disk below. */
  @Test
  void trimMakesHolesAlsoOfUnwrittenBlocks() throws IOException {
    disk.with(Capabilities.readOnly().withExtents(true));
    BlockDevice device = open();
    write(device, 262144, bytes(1, 100), Flags.NONE);
    disk.drainCalls();
    device.trim(65536 - 10, 393216 + 20, Flags.NONE);
    assertThat(extents(device, 0, 1 << 20, Flags.NONE))
        .isEqualTo("0+65536=0 65536+393216=3 458752+589824=0");
    assertThat(read(device, 65536, 393216)).containsOnly(0);
    assertThat(read(device, 0, 65536)).isEqualTo(java.util.Arrays.copyOf(original, 65536));
    device.trim(1 << 20, 1000, Flags.NONE); // the partial last block counts as a full block
    assertThat(read(device, 1 << 20, 1000)).containsOnly(0);
    assertThat(disk.drainCalls())
        .filteredOn(call -> call.startsWith("read"))
        .containsExactly("read 0+65536");
    write(device, 70000, bytes(5, 10), Flags.NONE);
    assertThat(read(device, 70000, 10)).containsOnly(5);
    assertThat(read(device, 65536, 4464)).containsOnly(0);
  }

  /** One read for each block of 4 KiB would take a millisecond each through VDDK. */
  @Test
  void longReadWithCowOnReadIsOneReadBelow() throws IOException {
    BlockDevice device = open("cow-on-read=true", "cow-block-size=4K");
    byte[] read = read(device, 65536, 262144);
    assertThat(read).isEqualTo(java.util.Arrays.copyOfRange(original, 65536, 65536 + 262144));
    assertThat(disk.drainCalls()).containsExactly("read 65536+262144");
    assertThat(read(device, 65536, 262144)).isEqualTo(read);
    assertThat(disk.drainCalls()).as("what was kept").isEmpty();
    write(device, 8192, bytes(3, 4096), Flags.NONE);
    read(device, 100, 65536); // two partial blocks, and one block in the overlay
    assertThat(disk.drainCalls())
        .containsExactly("read 0+4096", "read 4096+4096", "read 12288+53248");
  }

  @Test
  void onlyWrittenExportsKeepOverlaysAndTheyShareDescriptors() throws IOException {
    filter = Chains.filter(PROVIDER);
    for (int i = 0; i < 2_000; i++) {
      BlockDevice device = filter.open(OpenRequest.detached("export " + i, false), disk);
      if (i % 10 == 0) {
        write(device, 0, bytes(i / 10, 1), Flags.NONE);
      }
      device.close();
    }
    for (int i = 0; i < 2_000; i += 10) {
      BlockDevice device = filter.open(OpenRequest.detached("export " + i, false), disk);
      assertThat(read(device, 0, 1)).containsExactly((byte) (i / 10));
      device.close();
    }
    assertThat(((CowFilter) filter).overlays()).as("those that were written").isEqualTo(200);
    Path descriptors = Path.of("/proc/self/fd");
    if (Files.isDirectory(descriptors)) {
      try (Stream<Path> open = Files.list(descriptors)) {
        assertThat(open.filter(CowFilterTest::isOverlay).count()).isBetween(1L, 100L);
      }
    }
  }

  private static boolean isOverlay(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().contains("nbd-core-cow");
    } catch (IOException e) {
      return false; // closed meanwhile
    }
  }

  @Test
  void unalignedFastZeroIsRefused() throws IOException {
    BlockDevice device = open();
    assertThatThrownBy(() -> device.zero(1, 100, Flags.FAST_ZERO)).hasMessageContaining("not fast");
    device.zero(0, 65536, Flags.FAST_ZERO);
    device.zero(1 << 20, 1000, Flags.FAST_ZERO); // the partial last block counts as a full block
    assertThat(read(device, 1 << 20, 1000)).containsOnly(0);
    assertThat(disk.drainCalls()).isEmpty();
  }

  @Test
  void smallBlocksAreRefused() {
    assertThatThrownBy(() -> Chains.configure(PROVIDER, "cow-block-size=2K"))
        .hasMessage("cow-block-size must be a power of two between 4K and 64M, not 2048");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cow-on-read=true",
        "cow-on-read=true cow-on-cache=true cow-block-size=4K",
        "cow-on-cache=true cow-block-size=4K",
        "cow-block-size=32K"
      })
  void eightThreadsInSharedBlocksAgreeWithTheModel(String settings) throws Exception {
    long seed = new Random().nextLong();
    ExecutorService threads = Executors.newCachedThreadPool();
    disk.with(Capabilities.readOnly().withExtents(true));
    open(settings.split(" "));
    List<Future<?>> running = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      BlockDevice device = Chains.open(filter, disk);
      RandomOperations part =
          new RandomOperations(device, seed + i, i * 100_003, (i + 1) * 100_003, 80_000);
      running.add(
          threads.submit(
              () -> {
                part.run(400);
                return null;
              }));
    }
    for (Future<?> future : running) {
      assertThat(future).as("seed " + seed).succeedsWithin(50, TimeUnit.SECONDS);
    }
    threads.shutdown();
  }

  private BlockDevice open(String... pairs) throws IOException {
    filter = Chains.filter(PROVIDER, pairs);
    return Chains.open(filter, disk);
  }
}
