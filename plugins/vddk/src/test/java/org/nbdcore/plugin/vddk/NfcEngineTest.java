package org.nbdcore.plugin.vddk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.AsyncResult;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.LostWritesException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.StartContext;
import org.nbdcore.spi.helpers.BlockDevices;
import org.nbdcore.testkit.Configs;
import org.nbdcore.testkit.DiskContents;
import org.nbdcore.testkit.vsphere.FakeMachine;
import org.nbdcore.testkit.vsphere.FakeVsphere;
import org.nbdcore.testkit.vsphere.NfcFaults;

/** Remote disks without VDDK, from a fake vCenter. */
@Timeout(60)
class NfcEngineTest {

  private static final String FILE = "[store] web/web.vmdk";
  private static final int SIZE = 4 << 20;

  @TempDir Path folder;

  private final byte[] content = new byte[SIZE];
  private final NfcFaults faults = new NfcFaults();
  private boolean cut; // whether the test disconnects the client
  private FakeVsphere vsphere;
  private FakeMachine machine;

  @BeforeEach
  void start() throws IOException {
    vsphere = FakeVsphere.start(faults);
    machine = new FakeMachine("vm-16", "web", folder, SIZE, false);
    byte[] data = new byte[1 << 20];
    new Random(3).nextBytes(data);
    System.arraycopy(data, 0, content, 1 << 20, data.length);
    machine.guestWrites(ByteBuffer.wrap(data), 1 << 20);
    vsphere.machine(machine);
  }

  @AfterEach
  void stop() throws IOException {
    vsphere.close();
    assertThat(vsphere.clientFaults()).isEmpty();
    assertThat(vsphere.host().events().stream().anyMatch(event -> event.startsWith("left open")))
        .isEqualTo(cut);
  }

  private Plugin plugin(String... more) throws Exception {
    List<String> words = new ArrayList<>(vsphere.login(folder));
    words.addAll(List.of("engine=nfc", "nfchostport=" + vsphere.host().port(), "vm=moref=vm-16"));
    words.addAll(List.of(more));
    if (words.stream().noneMatch(word -> word.startsWith("export="))) {
      words.add("file=" + FILE);
    }
    VddkPluginProvider provider = new VddkPluginProvider();
    return provider.create(Configs.of(provider.parameters(), words));
  }

  @Test
  void callsAreCountedByKind() throws Exception {
    try (Plugin plugin = plugin()) {
      plugin.start(StartContext.NONE);
      try (BlockDevice disk = plugin.open(OpenRequest.detached("", true))) {
        DiskContents.read(disk, 0, 4096);
        DiskContents.read(disk, 4096, 4096);
        Map<String, Double> counters = new TreeMap<>();
        plugin.counters(
            (name, help, label, labelValue, value) ->
                counters.put(name + " " + label + "=" + labelValue, value));
        assertThat(counters)
            .containsEntry("nfc_calls call=open", 1.0)
            .containsEntry("nfc_calls call=read", 2.0)
            .containsEntry("nfc_call_errors call=read", 0.0)
            .doesNotContainKey("nfc_calls call=write");
        assertThat(counters.get("nfc_call_seconds call=read")).isPositive();
      }
    }
  }

  @Test
  void diskIsReadAndItsHolesAreReported() throws Exception {
    try (Plugin plugin = plugin()) {
      plugin.start(StartContext.NONE);
      try (BlockDevice disk = plugin.open(OpenRequest.detached("", true))) {
        assertThat(disk.size()).isEqualTo(SIZE);
        assertThat(disk.capabilities().write()).isFalse();
        assertThat(DiskContents.read(disk, 0, SIZE)).isEqualTo(content);
        List<String> extents = new ArrayList<>();
        disk.extents(
            512,
            SIZE - 512,
            Flags.NONE,
            new ExtentSink() {
              @Override
              public boolean add(long offset, long length, int type) {
                extents.add(offset + "+" + length + ":" + type);
                return true;
              }

              @Override
              public boolean full() {
                return false;
              }
            });
        int hole = ExtentSink.HOLE | ExtentSink.ZERO;
        assertThat(extents)
            .containsExactly(
                "512+1048064:" + hole,
                "1048576+1048576:" + ExtentSink.DATA,
                "2097152+2097152:" + hole);
      }
    }
  }

  @Test
  void writesAndFlushesReachTheDisk() throws Exception {
    try (Plugin plugin = plugin("transports=nbd")) {
      plugin.start(StartContext.NONE);
      try (BlockDevice disk = plugin.open(OpenRequest.detached("", false))) {
        ByteBuffer src = ByteBuffer.allocateDirect(4096);
        for (int i = 0; i < 4096; i++) {
          src.put(i, (byte) i);
          content[512 + i] = (byte) i;
        }
        disk.write(src, 512, Flags.NONE);
        disk.flush();
        assertThat(DiskContents.read(disk, 0, SIZE)).isEqualTo(content);
      }
    }
  }

  @Test
  void unflushedWritesAreReportedAsLostOnceAfterAConnectionLoss() throws Exception {
    cut = true;
    try (Plugin plugin = plugin("transports=nbd")) {
      plugin.start(StartContext.NONE);
      BlockDevice disk = openAndLoseAWrite(plugin);
      assertThatThrownBy(disk::flush).isInstanceOf(LostWritesException.class);
      disk.close();

      BlockDevice other = openAndLoseAWrite(plugin);
      assertThatThrownBy(other::close).isInstanceOf(LostWritesException.class);
    }
  }

  /** Opens a disk whose connection is lost after an unflushed write. */
  private BlockDevice openAndLoseAWrite(Plugin plugin) throws IOException {
    faults.cutAfterBytes(Long.MAX_VALUE);
    BlockDevice disk = plugin.open(OpenRequest.detached("", false));
    disk.write(ByteBuffer.allocateDirect(4096), 512, Flags.NONE);
    faults.cutAfterBytes(0);
    assertThatThrownBy(() -> DiskContents.read(disk, 0, 512)).isInstanceOf(IOException.class);
    return disk;
  }

  @Test
  void readsAreAsynchronous() throws Exception {
    try (Plugin plugin = plugin()) {
      plugin.start(StartContext.NONE);
      try (BlockDevice disk = plugin.open(OpenRequest.detached("", true))) {
        assertThat(BlockDevices.prefersAsync(disk)).isTrue();
        ByteBuffer dst = ByteBuffer.allocateDirect(1 << 20);
        CompletableFuture<AsyncResult> end = new CompletableFuture<>();
        assertThat(BlockDevices.readAsync(disk, dst, 1 << 20, end::complete)).isTrue();
        end.get().join();
        assertThat(dst).isEqualTo(ByteBuffer.wrap(content, 1 << 20, 1 << 20));
      }
    }
  }

  @Test
  void lostConnectionFailsRequestsAndTheDiskOpensAgain() throws Exception {
    try (Plugin plugin = plugin()) {
      plugin.start(StartContext.NONE);
      try (BlockDevice disk = plugin.open(OpenRequest.detached("", true))) {
        vsphere.host().cut();
        assertThatThrownBy(() -> DiskContents.read(disk, 0, 512)).isInstanceOf(IOException.class);
      }
      vsphere.endSessions();
      try (BlockDevice disk = plugin.open(OpenRequest.detached("", true))) {
        assertThat(DiskContents.read(disk, 1 << 20, 512))
            .isEqualTo(Arrays.copyOfRange(content, 1 << 20, (1 << 20) + 512));
      }
    }
    // the fake saw a file left open when it cut the connection
    while (vsphere.host().connections() > 0) {
      Thread.onSpinWait();
    }
    vsphere.host().events().clear();
  }

  @Test
  void exportNameSelectsTheFile() throws Exception {
    try (Plugin plugin = plugin("export=\\[store] web/*.vmdk")) {
      plugin.start(StartContext.NONE);
      try (BlockDevice disk = plugin.open(OpenRequest.detached(FILE, true))) {
        assertThat(disk.size()).isEqualTo(SIZE);
      }
      assertThatThrownBy(() -> plugin.open(OpenRequest.detached("[store] db/db.vmdk", true)))
          .hasMessageContaining("does not match export=");
    }
  }

  @Test
  void errorNamesTheInvalidParameter() throws Exception {
    try (Plugin plugin = plugin("vm=moref=vm-99")) {
      assertThatThrownBy(() -> plugin.start(StartContext.NONE))
          .hasMessageContaining("ManagedObjectNotFound");
    }
    try (Plugin plugin = plugin("password=wrong")) {
      assertThatThrownBy(() -> plugin.start(StartContext.NONE))
          .hasMessageContaining("InvalidLogin");
    }
    try (Plugin plugin = plugin("transports=san")) {
      assertThatThrownBy(() -> plugin.start(StartContext.NONE))
          .hasMessageContaining("transports=san");
    }
    VddkPluginProvider provider = new VddkPluginProvider();
    assertThatThrownBy(
            () -> provider.create(Configs.of(provider.parameters(), "engine=nfc", "file=/x.vmdk")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("remote disks");
  }
}
