package org.nbdcore.vsphere;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.assertj.core.util.Throwables;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.testkit.vsphere.Certificate;
import org.nbdcore.testkit.vsphere.FakeMachine;
import org.nbdcore.testkit.vsphere.FakeVsphere;
import org.nbdcore.testkit.vsphere.NfcFaults;

@Timeout(60)
class VsphereClientTest {

  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final long SIZE = 4 << 20;

  @TempDir Path folder;

  private final List<String> trace = new CopyOnWriteArrayList<>();
  private FakeVsphere vsphere;
  private FakeMachine web;

  @BeforeEach
  void start() throws IOException {
    vsphere = FakeVsphere.start(new NfcFaults());
    web = new FakeMachine("vm-16", "web", folder, SIZE, true);
    vsphere.machine(web);
  }

  @AfterEach
  void stop() throws IOException {
    vsphere.close();
    assertThat(vsphere.clientFaults()).isEmpty();
    assertThat(trace).noneMatch(line -> line.contains(FakeVsphere.PASSWORD));
  }

  private VsphereOptions options() {
    return VsphereOptions.of("localhost")
        .withPort(vsphere.port())
        .withThumbprint(vsphere.thumbprint())
        .withTrace(trace::add);
  }

  private VsphereClient login() throws IOException {
    return VsphereClient.connect(
        options().withLogin(FakeVsphere.USER, FakeVsphere.PASSWORD.toCharArray()));
  }

  @Test
  void machineIsFoundByReferencePathNameAndUuid() throws IOException {
    try (VsphereClient client = login()) {
      Inventory inventory = client.inventory();
      MoRef ref = new MoRef("VirtualMachine", "vm-16");
      assertThat(inventory.find("moref=vm-16")).isEqualTo(ref);
      assertThat(inventory.find("/dc one/vm/web")).isEqualTo(ref);
      assertThat(inventory.find("web")).isEqualTo(ref);
      VirtualMachine machine = inventory.machine(ref);
      assertThat(inventory.find("uuid=" + machine.uuid())).isEqualTo(ref);
      assertThat(client.isVcenter()).isTrue();
      assertThat(client.about()).contains("8.0.1");
    }
  }

  @Test
  void errorNamesAMissingOrAmbiguousMachine() throws IOException {
    vsphere.machine(new FakeMachine("vm-17", "twin/a", folder, SIZE, false));
    vsphere.machine(new FakeMachine("vm-18", "twin/a", folder, SIZE, false));
    vsphere.pageSize(1);
    try (VsphereClient client = login()) {
      assertThatThrownBy(() -> client.inventory().find("nope")).hasMessageContaining("'nope'");
      assertThatThrownBy(() -> client.inventory().find("/dc one/vm"))
          .hasMessageContaining("Folder");
      assertThatThrownBy(() -> client.inventory().find("twin/a"))
          .hasMessageContaining("moref=vm-17")
          .hasMessageContaining("moref=vm-18");
      assertThat(client.inventory().list()).hasSize(3);
    }
  }

  @Test
  void aListOfObjectsThatDoesNotEndIsRefused() throws IOException {
    try (VsphereClient client = login()) {
      vsphere.pageSize(0); // there is always another page, and it is empty
      assertThatThrownBy(() -> client.inventory().find("web"))
          .isInstanceOf(VsphereException.class)
          .hasMessage("the server's list of objects does not end: 0 objects, then a page of 0");
    }
  }

  @Test
  void propertiesOfMachineAndDiskAreRead() throws IOException {
    try (VsphereClient client = login()) {
      VirtualMachine machine = client.inventory().machine(new MoRef("VirtualMachine", "vm-16"));
      assertThat(machine.name()).isEqualTo("web");
      assertThat(machine.powerState()).isEqualTo("poweredOn");
      assertThat(machine.host()).contains(new MoRef("HostSystem", "host-1"));
      assertThat(machine.virtualTpm()).isTrue();
      assertThat(machine.snapshots()).isEmpty();
      VirtualDisk disk = machine.disks().get(0);
      assertThat(machine.disks()).hasSize(1);
      assertThat(disk.key()).isEqualTo(2000);
      assertThat(disk.unit()).isZero();
      assertThat(disk.label()).isEqualTo("Hard disk 1");
      assertThat(disk.capacity()).isEqualTo(SIZE);
      assertThat(disk.file()).isEqualTo("[store] web/web.vmdk");
      assertThat(disk.changeId()).isEmpty();
      assertThat(disk.obstacle()).isEmpty();
    }
  }

  @Test
  void snapshotIsCreatedFoundAndRemoved() throws IOException {
    try (VsphereClient client = login()) {
      MoRef ref = client.inventory().find("web");
      MoRef snapshot = client.snapshots().create(ref, "a <copy> & more", "by a test", true, LIMIT);
      VirtualMachine machine = client.inventory().machine(ref);
      assertThat(client.snapshots().find(machine, "a <copy> & more").ref()).isEqualTo(snapshot);
      assertThat(client.snapshots().find(machine, snapshot.value()).ref()).isEqualTo(snapshot);
      assertThatThrownBy(() -> client.snapshots().find(machine, "other"))
          .hasMessageContaining(snapshot.value());
      List<VirtualDisk> frozen = client.inventory().disksOf(snapshot);
      assertThat(frozen.get(0).file()).isEqualTo("[store] web/web.vmdk");
      VirtualDisk now = machine.disks().get(0);
      assertThat(now.file()).isNotEqualTo("[store] web/web.vmdk");
      assertThat(Inventory.diskWith("[store] web/web.vmdk", machine.disks())).contains(now);
      client.snapshots().remove(snapshot, LIMIT);
      assertThat(web.snapshots()).isEmpty();
      assertThatThrownBy(() -> client.snapshots().remove(snapshot, LIMIT))
          .isInstanceOf(VsphereFaultException.class)
          .hasMessageContaining("ManagedObjectNotFound");
    }
  }

  @Test
  void changedAreasAreReadPageByPage() throws IOException {
    vsphere.pageSize(2);
    try (VsphereClient client = login()) {
      MoRef ref = client.inventory().find("web");
      ChangeTracking tracking = client.changeTracking();
      tracking.enable(ref, LIMIT);
      MoRef first = client.snapshots().create(ref, "first", "", false, LIMIT);
      String changeId = client.inventory().disksOf(first).get(0).changeId().orElseThrow();
      ByteBuffer data = ByteBuffer.allocate(512).putLong(0, 1);
      for (long offset : new long[] {0, 512, 1 << 20, 2 << 20, (3 << 20) - 256, SIZE - 512}) {
        web.guestWrites(data.duplicate(), offset);
      }
      MoRef second = client.snapshots().create(ref, "second", "", false, LIMIT);
      List<String> areas = new ArrayList<>();
      tracking.query(
          ref,
          Optional.of(second),
          2000,
          SIZE,
          changeId,
          (start, length) -> areas.add(start + "+" + length));
      assertThat(areas)
          .containsExactly(
              "0+65536", "1048576+65536", "2097152+65536", "3080192+131072", "4128768+65536");
      areas.clear();
      tracking.query(
          ref,
          Optional.of(first),
          2000,
          SIZE,
          ChangeTracking.ALLOCATED,
          (start, length) -> areas.add(start + "+" + length));
      assertThat(areas).isEmpty();
      assertThatThrownBy(
              () ->
                  tracking.query(
                      ref, Optional.of(second), 2000, SIZE, "99 aa/1", (start, length) -> {}))
          .isInstanceOf(VsphereFaultException.class)
          .hasMessageContaining("changeId");
    }
  }

  @Test
  void aListOfChangedAreasThatDoesNotEndIsRefused() throws IOException {
    web.track().guestWrites(ByteBuffer.allocate(512).putLong(0, 1), 1 << 20);
    web.guestWrites(ByteBuffer.allocate(512).putLong(0, 1), 2 << 20);
    web.guestWrites(ByteBuffer.allocate(512).putLong(0, 1), 3 << 20);
    MoRef ref = new MoRef("VirtualMachine", "vm-16");
    Optional<MoRef> frozen =
        Optional.of(new MoRef("VirtualMachineSnapshot", web.leaveSnapshot("frozen", "")));
    try (VsphereClient client = login()) {
      vsphere.pageSize(1);
      List<Long> areas = new ArrayList<>();
      ChangeTracking longEnough = new ChangeTracking(client, 3);
      longEnough.query(ref, frozen, 2000, SIZE, "*", (start, length) -> areas.add(start));
      assertThat(areas).containsExactly(1L << 20, 2L << 20, 3L << 20);
      for (int most = 0; most < 3; most++) {
        ChangeTracking shorter = new ChangeTracking(client, most);
        assertThatThrownBy(() -> shorter.query(ref, frozen, 2000, SIZE, "*", (start, length) -> {}))
            .isInstanceOf(VsphereException.class)
            .hasMessageStartingWith("the server's list of changed areas does not continue at ");
      }
      vsphere.pageSize(0); // the first page ends where the first area begins, and so does the next
      ChangeTracking tracking = client.changeTracking();
      assertThatThrownBy(() -> tracking.query(ref, frozen, 2000, SIZE, "*", (start, length) -> {}))
          .isInstanceOf(VsphereException.class)
          .hasMessage("the server's list of changed areas does not continue at 1048576");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"12x", "-1", "1234567890123456789", "99999999999999999999"})
  void errorNamesAnInvalidFileSize(String size) throws IOException {
    try (VsphereClient client = login()) {
      vsphere.fileSize(size);
      assertThatThrownBy(() -> client.files().size("dc one", "[store] web/web.vmdk"))
          .isInstanceOf(VsphereException.class)
          .hasMessageContaining(size);
    }
  }

  @Test
  void ticketsAreIssued() throws IOException {
    try (VsphereClient client = login()) {
      MoRef ref = client.inventory().find("web");
      NfcTickets.Ticket ticket = client.nfcTickets().forReading(ref);
      assertThat(ticket.host()).isEqualTo("localhost");
      assertThat(ticket.port()).isEqualTo(vsphere.host().port());
      assertThat(ticket.service()).isEqualTo("vpxa-nfc");
      assertThat(ticket.thumbprint()).contains(vsphere.host().thumbprint());
      MoRef host = new MoRef("HostSystem", "host-1");
      assertThat(client.nfcTickets().forWriting(ref, 2000, host).sessionId())
          .isNotEqualTo(ticket.sessionId());
      assertThat(client.nfcTickets().libraryVersion(host)).isEqualTo(11);
      assertThatThrownBy(() -> client.nfcTickets().forWriting(ref, 2001, host))
          .hasMessageContaining("diskDeviceKey");
      assertThat(trace).noneMatch(line -> line.contains(ticket.sessionId()));
    }
  }

  @Test
  void filesAreReadByRanges() throws IOException {
    ByteBuffer data = ByteBuffer.allocate(1000);
    for (int i = 0; i < 1000; i++) {
      data.put(i, (byte) i);
    }
    FakeMachine off = new FakeMachine("vm-20", "off", folder, SIZE, false);
    vsphere.machine(off);
    off.guestWrites(data.duplicate(), 5000);
    try (VsphereClient client = login()) {
      DatastoreFiles files = client.files();
      assertThat(files.size("dc one", "[store] off/off-flat.vmdk")).isEqualTo(SIZE);
      ByteBuffer read = ByteBuffer.allocate(1000);
      files.read("dc one", "[store] off/off-flat.vmdk", 5000, read);
      assertThat(read.flip()).isEqualTo(data);
      assertThat(client.inventory().datacenterOf(client.inventory().find("off")))
          .isEqualTo("dc one");
      assertThatThrownBy(() -> files.size("dc one", "[store] web/web-flat.vmdk"))
          .hasMessageContaining("locked by a running machine");
      assertThatThrownBy(() -> files.size("dc one", "[store] web/x.vmdk"))
          .isInstanceOf(FileNotFoundException.class);
      assertThatThrownBy(() -> files.size("dc one", "[store] ../x.vmdk"))
          .hasMessageContaining("relative");
      assertThatThrownBy(
              () -> files.read("dc one", "[store] off/off-flat.vmdk", SIZE, ByteBuffer.allocate(1)))
          .hasMessageContaining("416");
    }
  }

  @Test
  void sessionThatHasEndedIsRenewed() throws IOException {
    try (VsphereClient client = login()) {
      MoRef ref = client.inventory().find("web");
      vsphere.endSessions();
      assertThat(client.inventory().machine(ref).name()).isEqualTo("web");
      vsphere.endSessions();
      assertThat(client.files().size("dc one", "[store] web/web.vmdk")).isPositive();
      vsphere.endSessions();
      client.keepAlive();
      assertThat(vsphere.sessions()).isEqualTo(1);
    }
    assertThat(vsphere.calls()).filteredOn("Login"::equals).hasSize(4);
  }

  /** Before Java 21, the JDK's HTTP client keeps its thread until it is collected. */
  @Test
  void sessionsLeaveNoThreadBehind() throws IOException {
    login().close();
    long before = httpClients();
    for (int i = 0; i < 5; i++) {
      login().close();
    }
    VsphereOptions wrong = options().withLogin(FakeVsphere.USER, "wrong".toCharArray());
    assertThatThrownBy(() -> VsphereClient.connect(wrong)).isInstanceOf(IOException.class);
    assertThat(httpClients()).isLessThanOrEqualTo(before);
  }

  private static long httpClients() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().matches("HttpClient-\\d+-SelectorManager"))
        .count();
  }

  @Test
  void wrongPasswordIsReportedButNotShown() {
    String wrong = "wr0ng<&";
    VsphereOptions options = options().withLogin(FakeVsphere.USER, wrong.toCharArray());
    assertThatThrownBy(() -> VsphereClient.connect(options))
        .isInstanceOf(VsphereFaultException.class)
        .hasMessageContaining("InvalidLogin")
        .hasMessageContaining("check the user name and the password")
        .satisfies(e -> assertThat(Throwables.getStackTrace(e)).doesNotContain("wr0ng"));
    assertThat(options.toString()).doesNotContain("wr0ng");
    assertThat(trace).isNotEmpty().noneMatch(line -> line.contains("wr0ng"));
  }

  @Test
  void withoutAThumbprintTheSystemsAuthoritiesAreUsed() {
    VsphereOptions options =
        VsphereOptions.of("localhost")
            .withPort(vsphere.port())
            .withLogin(FakeVsphere.USER, FakeVsphere.PASSWORD.toCharArray());
    assertThatThrownBy(() -> VsphereClient.connect(options))
        .isInstanceOf(VsphereException.class)
        .hasMessageStartingWith("TLS with localhost:" + vsphere.port());
    assertThat(vsphere.calls()).isEmpty();
  }

  @Test
  void sessionOfAnotherClientIsUsedAndNotEnded() throws IOException {
    try (VsphereClient first = login()) {
      try (VsphereClient second = VsphereClient.connect(options().withSession(first.session()))) {
        assertThat(second.inventory().find("web").value()).isEqualTo("vm-16");
      }
      assertThat(vsphere.sessions()).isEqualTo(1);
      vsphere.endSessions();
      try (VsphereClient dead = VsphereClient.connect(options().withSession("\"gone\""))) {
        assertThatThrownBy(() -> dead.inventory().find("web"))
            .hasMessageContaining("NotAuthenticated");
      }
    }
  }

  @Test
  void otherCertificatesAreRefused() {
    String other = Certificate.OTHER.thumbprint("SHA-1");
    VsphereOptions wrong = options().withThumbprint(other).withLogin("u", "p".toCharArray());
    assertThatThrownBy(() -> VsphereClient.connect(wrong))
        .hasMessageContaining(other)
        .hasMessageContaining(vsphere.thumbprint());
    VsphereOptions authorities =
        VsphereOptions.of("localhost").withPort(vsphere.port()).withLogin("u", "p".toCharArray());
    assertThatThrownBy(() -> VsphereClient.connect(authorities))
        .hasMessageContaining("TLS with localhost");
  }

  @Test
  void sha256ThumbprintIsAccepted() throws IOException {
    VsphereOptions options =
        options()
            .withThumbprint(Certificate.HOST.thumbprint("SHA-256"))
            .withLogin(FakeVsphere.USER, FakeVsphere.PASSWORD.toCharArray());
    VsphereClient.connect(options).close();
  }
}
