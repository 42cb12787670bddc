package org.nbdcore.plugin.vddk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.StartContext;
import org.nbdcore.testkit.DiskContents;
import org.nbdcore.testkit.vsphere.EsxFixture;
import org.nbdcore.testkit.vsphere.FakeMachine;
import org.nbdcore.testkit.vsphere.FakeVsphere;
import org.nbdcore.testkit.vsphere.NfcFaults;
import org.nbdcore.vmdk.VmdkDisk;

/**
 * Chains of snapshots as ESXi stores them, read over HTTPS: a seSparse file over a vmfsSparse file
 * over a flat file. The tests compare them with the same files opened locally.
 */
@Timeout(120)
class SparseChainTest {

  private static final long SEED = 20261129;
  private static final int SECTORS = 33_001; // more than one table of either kind, and no multiple
  private static final int SIZE = SECTORS * 512;
  private static final int GRAIN = 4096; // of seSparse
  private static final int THREADS = 4;

  @TempDir Path folder;

  private final Random random = new Random(SEED);
  private final byte[] expected = new byte[SIZE];
  private Path web;
  private FakeVsphere vsphere;

  @BeforeEach
  void start() throws IOException {
    web = Files.createDirectories(folder.resolve("datastores/store/web"));
    writeFlat();
    writeVmfsSparse();
    writeSeSparse();
    vsphere = FakeVsphere.start(new NfcFaults()).datastores(folder.resolve("datastores"));
    FakeMachine machine = new FakeMachine("vm-16", "web", folder, SIZE, false);
    machine.leaveSnapshot("first", "");
    machine.leaveSnapshot("second", "");
    vsphere.machine(machine);
  }

  @AfterEach
  void stop() throws IOException {
    vsphere.close();
    assertThat(vsphere.clientFaults()).isEmpty();
  }

  private void writeFlat() throws IOException {
    random.nextBytes(expected);
    Files.write(web.resolve("web-flat.vmdk"), expected);
    Files.writeString(
        web.resolve("web.vmdk"),
        EsxFixture.descriptor("a1", "ffffffff", null, "RW " + SECTORS + " VMFS \"web-flat.vmdk\""));
  }

  private void writeVmfsSparse() throws IOException {
    EsxFixture delta = new EsxFixture(SECTORS);
    addGrains(delta, 512, 30);
    Files.write(web.resolve("web-000002-delta.vmdk"), delta.cowd());
    Files.writeString(
        web.resolve("web-000002.vmdk"),
        EsxFixture.descriptor(
            "a2", "a1", "web.vmdk", "RW " + SECTORS + " VMFSSPARSE \"web-000002-delta.vmdk\""));
  }

  /** With grains that are reported as zero beside those that hold data. */
  private void writeSeSparse() throws IOException {
    EsxFixture delta = new EsxFixture(SECTORS);
    addGrains(delta, GRAIN, 20);
    for (int grain = 100; grain < 120; grain++) {
      delta.grains.remove((long) grain);
      delta.entries.put((long) grain, 2L << 60);
      Arrays.fill(expected, grain * GRAIN, (grain + 1) * GRAIN, (byte) 0);
    }
    Files.write(web.resolve("web-000003-sesparse.vmdk"), delta.seSparse());
    Files.writeString(
        web.resolve("web-000003.vmdk"),
        EsxFixture.descriptor(
            "a3",
            "a2",
            "/vmfs/volumes/store/web/web-000002.vmdk", // as a snapshot on another path has it
            "RW " + SECTORS + " SESPARSE \"web-000003-sesparse.vmdk\""));
  }

  private void addGrains(EsxFixture delta, int bytes, int count) {
    int last = (SIZE - 1) / bytes;
    for (int i = 0; i < count; i++) {
      int grain = i == 0 ? last : random.nextInt(last);
      byte[] data = new byte[bytes];
      random.nextBytes(data);
      delta.grains.put((long) grain, data);
      System.arraycopy(data, 0, expected, grain * bytes, Math.min(bytes, SIZE - grain * bytes));
    }
  }

  private Plugin plugin(String... more) throws Exception {
    List<String> words = new ArrayList<>(vsphere.login(folder));
    words.addAll(List.of("engine=https", "vm=web"));
    words.addAll(List.of(more));
    return VddkSession.plugin(words.toArray(String[]::new));
  }

  @Test
  void chainOfSnapshotsReadsLikeTheSameLocalFiles() throws Exception {
    try (Plugin plugin = plugin("disk=1")) {
      plugin.start(StartContext.NONE);
      try (BlockDevice disk = plugin.open(OpenRequest.detached("", true))) {
        assertThat(disk.size()).isEqualTo(SIZE);
        assertThat(Arrays.equals(DiskContents.read(disk, 0, SIZE), expected))
            .as("seed %d", SEED)
            .isTrue();
        String map = ExtentMaps.all(disk, 0, SIZE);
        assertThat(map).contains(" " + 20 * GRAIN + ":3 ");
        try (BlockDevice local = VmdkDisks.owning(VmdkDisk.open(web.resolve("web-000003.vmdk")))) {
          assertThat(map).isEqualTo(ExtentMaps.all(local, 0, SIZE));
        }
      }
    }
  }

  /** Every second grain of a stretch is in the upper file, its neighbours are in the lower one. */
  @Test
  void scatteredGrainsShareRequests() throws Exception {
    int length = 1 << 20;
    EsxFixture delta = new EsxFixture(SECTORS);
    byte[] data = Arrays.copyOf(Files.readAllBytes(web.resolve("web-flat.vmdk")), length);
    for (int grain = 0; grain < length / GRAIN; grain += 2) {
      byte[] bytes = new byte[GRAIN];
      random.nextBytes(bytes);
      delta.grains.put((long) grain, bytes);
      System.arraycopy(bytes, 0, data, grain * GRAIN, GRAIN);
    }
    Files.write(web.resolve("web-000002-sesparse.vmdk"), delta.seSparse());
    Files.writeString(
        web.resolve("web-000002.vmdk"),
        EsxFixture.descriptor(
            "a2", "a1", "web.vmdk", "RW " + SECTORS + " SESPARSE \"web-000002-sesparse.vmdk\""));
    try (Plugin plugin = plugin("file=[store] web/web-000002.vmdk")) {
      plugin.start(StartContext.NONE);
      try (BlockDevice disk = plugin.open(OpenRequest.detached("", true))) {
        AtomicInteger requests = new AtomicInteger();
        vsphere.beforeRange(requests::incrementAndGet);
        assertThat(DiskContents.read(disk, 0, length)).isEqualTo(data);
        int blocks = (length + length / 2) / ReadCache.BLOCK; // of the one file and of the other
        assertThat(requests.get()).isBetween(blocks, blocks + 4);
        assertThat(counters(plugin))
            .containsEntry("https_call_errors read", 0.0)
            .hasEntrySatisfying("https_calls size", value -> assertThat(value).isGreaterThan(2))
            .hasEntrySatisfying(
                "https_calls read", value -> assertThat(value).isGreaterThanOrEqualTo(blocks))
            .hasEntrySatisfying(
                "https_cache_hits ", value -> assertThat(value).isGreaterThan(blocks))
            .hasEntrySatisfying(
                "https_cache_misses ",
                value -> assertThat(value).isBetween(1.0 * blocks, blocks + 8.0));
      }
    }
  }

  private static Map<String, Double> counters(Plugin plugin) {
    Map<String, Double> counters = new TreeMap<>();
    plugin.counters(
        (name, help, label, labelValue, value) -> counters.put(name + " " + labelValue, value));
    return counters;
  }

  /** Each request waits in the server until as many are there as there are threads. */
  @Test
  void rangesAreReadInParallel() throws Exception {
    CyclicBarrier barrier = new CyclicBarrier(THREADS);
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try (Plugin plugin = plugin("file=[store] web/web.vmdk")) {
      plugin.start(StartContext.NONE);
      try (BlockDevice disk = plugin.open(OpenRequest.detached("", true))) {
        vsphere.beforeRange(() -> await(barrier));
        List<Callable<byte[]>> reads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
          int offset = i << 20;
          reads.add(() -> DiskContents.read(disk, offset, 1 << 20));
        }
        byte[] flat = Files.readAllBytes(web.resolve("web-flat.vmdk"));
        int offset = 0;
        for (Future<byte[]> read : threads.invokeAll(reads)) {
          assertThat(read.get()).isEqualTo(Arrays.copyOfRange(flat, offset, offset += 1 << 20));
        }
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(barrier.isBroken()).isFalse();
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await(60, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException("no other request came", e);
    }
  }

  /** Random ranges that cross the borders of grains and of files, from several threads at once. */
  @Test
  void chainIsReadByManyThreadsAtOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try (Plugin plugin = plugin("disk=1")) {
      plugin.start(StartContext.NONE);
      try (BlockDevice disk = plugin.open(OpenRequest.detached("", true))) {
        List<Callable<Boolean>> tasks = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
          Random own = new Random(SEED + i);
          tasks.add(() -> readsAtRandom(disk, own));
        }
        for (Future<Boolean> task : threads.invokeAll(tasks)) {
          assertThat(task.get()).as("seed %d", SEED).isTrue();
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private boolean readsAtRandom(BlockDevice disk, Random own) throws IOException {
    for (int i = 0; i < 10; i++) {
      int offset = own.nextInt(SIZE);
      int length = 1 + own.nextInt(Math.min(100_000, SIZE - offset));
      byte[] part = Arrays.copyOfRange(expected, offset, offset + length);
      if (!Arrays.equals(DiskContents.read(disk, offset, length), part)) {
        return false;
      }
    }
    return true;
  }
}
