package org.nbdcore.plugin.vddk;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.SPARSE;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.testkit.CapturedLog;
import org.nbdcore.testkit.DiskContents;

/** The map of a remote disk's extents, which all connections share while no client can write. */
class ExtentsMapTest {

  private static final long SLICE = VddkSectors.toBytes(AllocatedBlocks.MAX_SECTORS);
  private static final long SIZE = 4 * SLICE;
  private static final String MAP =
      "10737418240:3 65536:0 75161862144:3 65536:0 51539476480:3 65536:0";

  @TempDir Path folder;
  private FakeVddk fake;

  /** Four slices, data in the first and the third of them. */
  @BeforeEach
  void createHugeDisk() throws IOException {
    Path disk = Files.createDirectories(folder.resolve("ds/vm")).resolve("vm.vmdk");
    try (FileChannel channel = FileChannel.open(disk, CREATE_NEW, WRITE, SPARSE)) {
      for (long at : new long[] {10L << 30, 80L << 30, SIZE - 65536}) {
        channel.write(ByteBuffer.allocate(65536), at);
      }
    }
    fake = FakeVddk.in(folder).set("datastore.dir", folder);
  }

  private VddkSession session(String... more) throws Exception {
    List<String> words =
        new ArrayList<>(
            List.of("file=[ds] vm/vm.vmdk", "server=s", "user=u", "password=p", "vm=moref=v"));
    words.addAll(List.of(more));
    return VddkSession.start(fake, words.toArray(String[]::new));
  }

  /** All queries except the one that tests whether queries work. */
  private List<TraceLine> scans() throws IOException {
    return fake.calls("QueryAllocatedBlocks").stream()
        .filter(call -> call.number("sectors") != AllocatedBlocks.CHUNK)
        .collect(Collectors.toList());
  }

  private void awaitScans(int count) throws Exception {
    for (int i = 0; i < 1000 && scans().size() < count; i++) {
      java.util.concurrent.locks.LockSupport.parkNanos(10_000_000);
    }
    assertThat(scans()).hasSize(count);
  }

  @Test
  void connectionsShareOneScanOfEachSlice() throws Exception {
    fake.set("latency.QueryAllocatedBlocks", 20_000);
    ExecutorService clients = Executors.newFixedThreadPool(4);
    try (VddkSession session = session()) {
      List<Future<String>> maps = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        BlockDevice device = session.openReadOnly();
        maps.add(
            clients.submit(
                () -> device.capabilities().extents() ? ExtentMaps.all(device, 0, SIZE) : ""));
      }
      for (Future<String> map : maps) {
        assertThat(map.get()).isEqualTo(MAP);
      }
    } finally {
      clients.shutdown();
    }
    assertThat(scans()).hasSize(4);
    assertThat(fake.calls("QueryAllocatedBlocks")).hasSize(5);
  }

  @Test
  void scanContinuesInTheBackgroundAfterTheFirstRequest() throws Exception {
    try (VddkSession session = session()) {
      BlockDevice device = session.openReadOnly();
      assertThat(scans()).isEmpty();
      assertThat(ExtentMaps.firstReply(device, 2 * SLICE, 65536, Flags.NONE)).isEqualTo("65536:3");
      awaitScans(4);
    }
    assertThat(scans())
        .extracting(call -> call.number("start") / AllocatedBlocks.MAX_SECTORS)
        .containsExactly(2L, 3L, 0L, 1L);
  }

  @Test
  void writableOpenDisablesTheMapUntilAllDisksAreClosed() throws Exception {
    try (VddkSession session = session()) {
      BlockDevice reader = session.openReadOnly();
      ExtentMaps.all(reader, 0, SIZE);
      assertThat(scans()).hasSize(4);
      BlockDevice writer = session.openWritable();
      Disks.write(writer, 512, filled(512), Flags.NONE);
      assertThat(ExtentMaps.firstReply(reader, 0, 65536, Flags.NONE)).isEqualTo("65536:0");
      session.close(writer);
      DiskContents.read(reader, 0, 512);
      assertThat(ExtentMaps.firstReply(reader, 65536, 65536, Flags.NONE)).isEqualTo("65536:3");
      assertThat(scans()).hasSize(4);
      assertThat(fake.calls("QueryAllocatedBlocks")).hasSize(7);
      session.close(reader);
      assertThat(ExtentMaps.firstReply(session.openReadOnly(), 0, 65536, Flags.NONE))
          .isEqualTo("65536:0");
      assertThat(scans().size()).isGreaterThanOrEqualTo(5);
    }
  }

  private static byte[] filled(int length) {
    byte[] bytes = new byte[length];
    java.util.Arrays.fill(bytes, (byte) 1);
    return bytes;
  }

  @Test
  void mapIsDroppedWhenTheLastHandleCloses() throws Exception {
    try (VddkSession session = session()) {
      BlockDevice first = session.openReadOnly();
      ExtentMaps.all(first, 0, SIZE);
      BlockDevice second = session.openReadOnly();
      session.close(first);
      ExtentMaps.all(second, 0, SIZE);
      assertThat(scans()).hasSize(4);
      session.close(second);
      ExtentMaps.all(session.openReadOnly(), 0, SIZE);
      assertThat(scans()).hasSize(8);
    }
  }

  @Test
  void failedQueryReportsDataAndIsRetriedByTheNextRequest() throws Exception {
    CapturedLog log = CapturedLog.start();
    try (VddkSession session = session()) {
      BlockDevice device = session.openReadOnly();
      assertThat(device.capabilities().extents()).isTrue();
      fake.set("fail.QueryAllocatedBlocks", 3);
      for (int i = 0; i < 3; i++) {
        assertThat(ExtentMaps.firstReply(device, 65536, 65536, Flags.NONE)).isEqualTo("65536:0");
      }
      assertThat(log.withLevels())
          .filteredOn(line -> line.startsWith("WARN extents of "))
          .singleElement()
          .asString()
          .contains("count as data", "One of the parameters was invalid");
      fake.unset("fail.QueryAllocatedBlocks");
      assertThat(ExtentMaps.all(device, 0, SIZE)).isEqualTo(MAP);
    }
  }

  @Test
  void scanContinuesOnAnotherHandleAfterAFailure() throws Exception {
    try (VddkSession session = session()) {
      BlockDevice first = session.openReadOnly();
      BlockDevice second = session.openReadOnly();
      fake.set("fail.QueryAllocatedBlocks", 36).set("fail.QueryAllocatedBlocks.at", 2);
      assertThat(ExtentMaps.all(second, 0, SIZE)).isEqualTo(MAP);
      session.close(first);
    }
    assertThat(scans()).hasSize(5);
  }

  @Test
  void extentsHandleIsOpenedForTheScanAndClosedAfterIt() throws Exception {
    try (VddkSession session = session("extents-handle=true")) {
      BlockDevice device = session.openReadOnly();
      assertThat(fake.calls("Open")).hasSize(1);
      assertThat(ExtentMaps.all(device, 0, SIZE)).isEqualTo(MAP);
    }
    assertThat(fake.calls("Open"))
        .extracting(call -> call.number("flags"))
        .containsOnly((long) OpenFlags.READ_ONLY);
    long own = fake.calls("Open").get(1).number("handle");
    assertThat(scans()).allMatch(call -> call.number("handle") == own);
    assertThat(fake.calls("Close")).hasSize(2);
  }

  @Test
  void extentsHandleIsReopenedAfterItsConnectionIsLost() throws Exception {
    try (VddkSession session = session("extents-handle=true")) {
      BlockDevice device = session.openReadOnly();
      assertThat(device.capabilities().extents()).isTrue();
      fake.set("cut.connection", 2);
      assertThat(ExtentMaps.firstReply(device, 65536, 65536, Flags.NONE)).isEqualTo("65536:0");
      assertThat(ExtentMaps.all(device, 0, SIZE)).isEqualTo(MAP);
    }
    assertThat(fake.calls("Open")).hasSize(3);
    assertThat(fake.calls("Close")).hasSize(3);
  }

  @Test
  void readsAreNotBlockedByAScanOnTheExtentsHandle() throws Exception {
    try (VddkSession session = session("extents-handle=true")) {
      BlockDevice device = session.openReadOnly();
      assertThat(device.capabilities().extents()).isTrue();
      fake.set("latency.QueryAllocatedBlocks", 400_000);
      ExecutorService asking = Executors.newSingleThreadExecutor();
      Future<String> map = asking.submit(() -> ExtentMaps.firstReply(device, 0, 65536, Flags.NONE));
      for (int i = 0; i < 1000 && fake.calls("Open").size() < 2; i++) {
        java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
      }
      int reads = 0;
      while (!map.isDone()) {
        DiskContents.read(device, 0, 4096);
        reads++;
      }
      assertThat(reads).isGreaterThan(2);
      assertThat(map.get()).isEqualTo("65536:3");
      fake.set("latency.QueryAllocatedBlocks", 0);
      asking.shutdown();
    }
  }
}
