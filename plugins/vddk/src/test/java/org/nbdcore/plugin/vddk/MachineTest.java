package org.nbdcore.plugin.vddk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Export;
import org.nbdcore.spi.Extents;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.StartContext;
import org.nbdcore.spi.helpers.BlockDevices;
import org.nbdcore.testkit.CapturedLog;
import org.nbdcore.testkit.DiskContents;
import org.nbdcore.testkit.vsphere.FakeMachine;
import org.nbdcore.testkit.vsphere.FakeVsphere;
import org.nbdcore.testkit.vsphere.NfcFaults;

/** Virtual machines of a fake vCenter: their names, snapshots and changed blocks. */
@Timeout(60)
class MachineTest {

  private static final int SIZE = 4 << 20;
  private static final String ID = "52 f3 7a 11 00 00 00 00-00 00 00 00 00 00 00 01/1";

  @TempDir Path folder;

  private final CapturedLog log = CapturedLog.start();
  private FakeVsphere vsphere;
  private FakeMachine machine;

  @BeforeEach
  void start() throws IOException {
    vsphere = FakeVsphere.start(new NfcFaults());
    machine = new FakeMachine("vm-16", "web", folder, SIZE, false).addDisk(SIZE / 2);
    vsphere.machine(machine);
    machine.guestWrites(0, random(1, 1 << 20), 1 << 20);
    machine.guestWrites(1, random(2, 1 << 20), 0);
  }

  @AfterEach
  void stop() throws IOException {
    vsphere.close();
    assertThat(vsphere.clientFaults()).isEmpty();
    assertThat(log.withLevels()).noneMatch(line -> line.contains(FakeVsphere.PASSWORD));
  }

  private static ByteBuffer random(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return ByteBuffer.wrap(bytes);
  }

  private String[] words(String... more) throws IOException {
    List<String> words = new ArrayList<>(vsphere.login(folder));
    words.add("nfchostport=" + vsphere.host().port());
    words.addAll(List.of(more));
    return words.toArray(String[]::new);
  }

  private Plugin plugin(String... more) throws Exception {
    return VddkSession.plugin(words(more));
  }

  private void assertServed(Plugin plugin, String export, Path raw) throws IOException {
    byte[] expected = Files.readAllBytes(raw);
    try (BlockDevice disk = plugin.open(OpenRequest.detached(export, true))) {
      assertThat(disk.size()).isEqualTo(expected.length);
      assertThat(DiskContents.read(disk, 0, expected.length)).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "engine=nfc vm=web disk=2",
        "engine=nfc vm=/dc_one/vm/web disk=key=2001",
        "engine=https vm=web disk=unit=1",
        "engine=https vm=moref=vm-16 file=[store]_web/web_1.vmdk"
      })
  void machineAndDiskAreFoundByEachKindOfName(String words) throws Exception {
    String[] more =
        List.of(words.split(" ")).stream()
            .map(word -> word.replace('_', ' ').replace("web 1", "web_1"))
            .toArray(String[]::new);
    try (Plugin plugin = plugin(more)) {
      plugin.start(StartContext.NONE);
      assertServed(plugin, "", machine.rawFile(1));
    }
  }

  /** A thread that cannot start, as at the limit of threads. */
  private static Thread unstartable(Runnable ignored) {
    return new Thread("unstartable") {
      @Override
      public void start() {
        throw new OutOfMemoryError("unable to create native thread");
      }
    };
  }

  /** stop() checks after each test that the session has ended too. */
  @Test
  void snapshotIsRemovedIfTheKeepAliveThreadCannotStart() throws Exception {
    VddkConfig config =
        VddkConfigReader.read(
            VddkSession.config(words("engine=nfc", "vm=web", "disk=1", "snapshot=create")));
    assertThatThrownBy(() -> RemoteMachine.start(config, Log.of("vddk"), MachineTest::unstartable))
        .isInstanceOf(OutOfMemoryError.class);
    assertThat(log.withLevels()).anyMatch(line -> line.contains("created the snapshot"));
    assertThat(machine.snapshots()).isEmpty();
  }

  @Test
  void disksOfTheMachineAreExports() throws Exception {
    try (Plugin plugin = plugin("engine=nfc", "vm=web", "export=*")) {
      plugin.start(StartContext.NONE);
      assertThat(plugin.listExports(OpenRequest.detached("", true)))
          .containsExactly(
              Export.of("[store] web/web.vmdk")
                  .withDescription("Hard disk 1 of web, 4194304 bytes"),
              Export.of("[store] web/web_1.vmdk")
                  .withDescription("Hard disk 2 of web, 2097152 bytes"));
      assertServed(plugin, "[store] web/web.vmdk", machine.rawFile());
      assertServed(plugin, "[store] web/web_1.vmdk", machine.rawFile(1));
      assertThatThrownBy(() -> plugin.open(OpenRequest.detached("[store] db/db.vmdk", true)))
          .isInstanceOf(IOException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"nfc", "https"})
  void snapshotIsCreatedServedAndRemoved(String engine) throws Exception {
    Path frozen = Files.copy(machine.rawFile(), folder.resolve("frozen"));
    try (Plugin plugin =
        plugin(
            "engine=" + engine, "vm=web", "disk=1", "snapshot=create", "snapshot-quiesce=true")) {
      plugin.start(StartContext.NONE);
      assertThat(machine.snapshots()).hasSize(1);
      assertThat(machine.lastQuiesced()).isTrue();
      machine.guestWrites(random(3, 1 << 20), 0);
      assertServed(plugin, "", frozen);
    }
    assertThat(machine.snapshots()).isEmpty();
  }

  @Test
  void snapshotIsRemovedIfTheStartFails() throws Exception {
    try (Plugin plugin = plugin("engine=nfc", "vm=web", "disk=3", "snapshot=create")) {
      assertThatThrownBy(() -> plugin.start(StartContext.NONE))
          .hasMessageContaining("no disk is disk=3")
          .hasMessageContaining("disk=2 (key=2001, unit=1, [store] web/web_1.vmdk)");
    }
    assertThat(vsphere.calls()).contains("CreateSnapshot_Task", "RemoveSnapshot_Task");
    assertThat(machine.snapshots()).isEmpty();
    machine.snapshotFault("ToolsUnavailable");
    try (Plugin plugin = plugin("engine=nfc", "vm=web", "disk=1", "snapshot=create")) {
      assertThatThrownBy(() -> plugin.start(StartContext.NONE))
          .hasMessageContaining("ToolsUnavailable");
    }
  }

  @Test
  void snapshotThatWasLeftBehindIsReported() throws Exception {
    try (Plugin plugin = plugin("engine=nfc", "vm=web", "disk=1", "snapshot=create")) {
      plugin.start(StartContext.NONE);
      String mine = machine.snapshots().get(0);
      String other =
          machine.leaveSnapshot("nbd-core", machine.descriptionOf(mine).replace("process", "old"));
      machine.leaveSnapshot("by hand", "");
      try (Plugin second = plugin("engine=nfc", "vm=web", "disk=1", "snapshot=create")) {
        second.start(StartContext.NONE);
      }
      assertThat(log.withLevels())
          .filteredOn(line -> line.contains("did not remove"))
          .singleElement()
          .asString()
          .startsWith("WARN 'web' has a snapshot")
          .contains(other);
    }
  }

  @Test
  void snapshotIsFoundByItsName() throws Exception {
    Path frozen = Files.copy(machine.rawFile(), folder.resolve("frozen"));
    machine.leaveSnapshot("before", "");
    machine.guestWrites(random(4, 512), 0);
    try (Plugin plugin = plugin("engine=nfc", "vm=web", "disk=1", "snapshot=before")) {
      plugin.start(StartContext.NONE);
      assertServed(plugin, "", frozen);
    }
    try (Plugin plugin = plugin("engine=nfc", "vm=web", "disk=1", "snapshot=after")) {
      assertThatThrownBy(() -> plugin.start(StartContext.NONE))
          .hasMessageContaining("'after'")
          .hasMessageContaining("before");
    }
  }

  @Test
  void httpsReportsALockedFileAndRenewsAnExpiredSession() throws Exception {
    FakeMachine running = new FakeMachine("vm-17", "db", folder, SIZE, true);
    vsphere.machine(running);
    try (Plugin plugin = plugin("engine=https", "vm=db", "disk=1")) {
      plugin.start(StartContext.NONE);
      assertThatThrownBy(() -> plugin.open(OpenRequest.detached("", true)))
          .hasMessageContaining("locked by a running machine");
    }
    try (Plugin plugin = plugin("engine=https", "vm=web", "disk=1")) {
      plugin.start(StartContext.NONE);
      try (BlockDevice disk = plugin.open(OpenRequest.detached("", true))) {
        vsphere.endSessions();
        DiskContents.read(disk, 0, 4096);
        assertThat(vsphere.sessions()).isEqualTo(1);
      }
    }
  }

  /**
   * The extent of the allocation that shows a changed part: data if it has changed, else a hole.
   */
  private static String run(Extents changed, int i) {
    return changed.length(i) + ":" + (changed.type(i) == 1 ? 0 : 3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"nfc", "https"})
  void changedOnlyReportsOnlyChangedBlocksAsData(String engine) throws Exception {
    machine.track();
    Path ids = folder.resolve("ids");
    byte[] copy;
    try (Plugin plugin =
        plugin(
            "engine=" + engine, "vm=web", "disk=1", "snapshot=create", "change-id-file=" + ids)) {
      plugin.start(StartContext.NONE);
      assertThat(ids)
          .content()
          .isEqualTo("2000 " + ID + "\n2001 " + ID.replace("01/", "02/") + "\n");
      try (BlockDevice disk = plugin.open(OpenRequest.detached("", true))) {
        assertThat(disk.description().orElseThrow()).contains("change ID " + ID);
        copy = DiskContents.read(disk, 0, SIZE);
      }
    }
    Random random = new Random(7);
    for (int i = 0; i < 5; i++) {
      machine.guestWrites(random(i, 4096), random.nextInt(SIZE / 512 - 8) * 512L);
    }
    machine.guestWrites(ByteBuffer.allocate(65536), 1 << 20); // zeroes are a change too
    byte[] now = Files.readAllBytes(machine.rawFile());
    assertThat(now).isNotEqualTo(copy);
    try (Plugin plugin =
        plugin(
            "engine=" + engine,
            "vm=web",
            "disk=1",
            "snapshot=create",
            "changed-since=" + ids,
            "changed-only=true")) {
      plugin.start(StartContext.NONE);
      try (BlockDevice disk = plugin.open(OpenRequest.detached("", true))) {
        assertThat(BlockDevices.metaContexts(disk)).containsExactly("vddk:changed");
        Extents changed = new Extents(0, SIZE, 1000);
        BlockDevices.metaContextExtents(disk, "vddk:changed", 0, SIZE, Flags.NONE, changed);
        assertThat(IntStream.range(0, changed.size()).mapToObj(i -> run(changed, i)))
            .containsExactly(ExtentMaps.all(disk, 0, SIZE).split(" "));
        long at = 0;
        for (String run : ExtentMaps.all(disk, 0, SIZE).split(" ")) {
          int length = Integer.parseInt(run.substring(0, run.indexOf(':')));
          if (run.endsWith(":0")) {
            byte[] part = DiskContents.read(disk, at, length);
            System.arraycopy(part, 0, copy, (int) at, length);
          }
          at += length;
        }
      }
    }
    assertThat(copy).isEqualTo(now);
  }

  /**
   * Links the file of a snapshot where the fake VDDK finds it. It contains what the machine wrote
   * until then.
   */
  private void showToVddk(String name, Path raw) throws IOException {
    Path store = Files.createDirectories(folder.resolve("store/web"));
    Files.createSymbolicLink(store.resolve(name), raw);
  }

  @Test
  void changedOnlyReportsOnlyChangedBlocksAsDataWithVddk() throws Exception {
    machine.track();
    Path ids = folder.resolve("ids");
    byte[] copy;
    try (Plugin plugin =
        plugin("engine=nfc", "vm=web", "disk=1", "snapshot=create", "change-id-file=" + ids)) {
      plugin.start(StartContext.NONE);
      try (BlockDevice disk = plugin.open(OpenRequest.detached("", true))) {
        copy = DiskContents.read(disk, 0, SIZE);
      }
    }
    showToVddk(machine.file().substring("[store] web/".length()), machine.rawFile());
    machine.guestWrites(random(8, 100_000), 512);
    machine.guestWrites(random(9, 512), SIZE - 512);
    byte[] now = Files.readAllBytes(machine.rawFile());
    FakeVddk fake = FakeVddk.in(folder).set("datastore.dir", folder);
    try (VddkSession session =
        VddkSession.start(
            fake,
            words(
                "vm=web",
                "disk=1",
                "snapshot=create",
                "changed-since=" + ids,
                "changed-only=true"))) {
      BlockDevice disk = session.openReadOnly();
      assertThat(ExtentMaps.all(disk, 0, SIZE)).isEqualTo("131072:0 3997696:3 65536:0");
      for (int at : List.of(0, SIZE - 131072)) {
        System.arraycopy(DiskContents.read(disk, at, 131072), 0, copy, at, 131072);
      }
    }
    assertThat(copy).isEqualTo(now);
    assertThat(machine.snapshots()).isEmpty();
  }

  @Test
  void errorNamesAnInvalidSnapshotOrChangeParameter() throws Exception {
    assertThatThrownBy(() -> plugin("vm=web", "disk=1", "changed-only=true"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("changed-since=");
    assertThatThrownBy(() -> plugin("vm=web", "disk=1", "snapshot-quiesce=true"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("snapshot=create");
    assertThatThrownBy(() -> VddkSession.plugin("file=/d.vmdk", "changed-since=*"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("remote disks");
    try (Plugin plugin = plugin("engine=nfc", "vm=web", "disk=1", "changed-since=/none")) {
      assertThatThrownBy(() -> plugin.start(StartContext.NONE)).hasMessageContaining("'/none'");
    }
    try (Plugin plugin = plugin("engine=nfc", "vm=web", "disk=1", "change-id-file=/x/ids")) {
      assertThatThrownBy(() -> plugin.start(StartContext.NONE))
          .hasMessageContaining("change tracking");
    }
    machine.track();
    try (Plugin plugin = plugin("engine=nfc", "vm=web", "disk=1", "changed-since=99 aa/1")) {
      plugin.start(StartContext.NONE);
      assertThatThrownBy(() -> plugin.open(OpenRequest.detached("", true)))
          .hasMessageContaining("changeId");
    }
  }

  @Test
  void vddkGetsTheReferencesOfMachineAndSnapshot() throws Exception {
    machine.track();
    Disks.random(folder.resolve("store/web/web.vmdk"), SIZE, 3);
    FakeVddk fake = FakeVddk.in(folder).set("datastore.dir", folder);
    try (VddkSession session =
        VddkSession.start(fake, words("vm=web", "disk=1", "snapshot=create", "changed-since=*"))) {
      BlockDevice disk = session.openReadOnly();
      assertThat(disk.size()).isEqualTo(SIZE);
      assertThat(fake.call("ConnectEx").text("vmxSpec")).isEqualTo("moref=vm-16");
      assertThat(fake.call("ConnectEx").text("snapshotRef")).isEqualTo(machine.snapshots().get(0));
      assertThat(fake.call("Open").text("path")).isEqualTo("[store] web/web.vmdk");
    }
    assertThat(machine.snapshots()).isEmpty();
  }
}
