package org.nbdcore.tools.vsphere;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.plugin.memory.MemoryProvider;
import org.nbdcore.testkit.server.PluginServer;
import org.nbdcore.testkit.vsphere.FakeMachine;
import org.nbdcore.testkit.vsphere.FakeVsphere;
import org.nbdcore.testkit.vsphere.NfcFaults;

/** The command against a fake vCenter. */
@Timeout(120)
class NbdVsphereTest {

  private static final int SIZE = 24 << 20;

  @TempDir Path folder;

  private final NfcFaults faults = new NfcFaults();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private FakeVsphere vsphere;
  private FakeMachine machine;

  @BeforeEach
  void start() throws IOException {
    vsphere = FakeVsphere.start(faults);
    machine = new FakeMachine("vm-16", "web", folder, SIZE, true).addDisk(SIZE / 2);
    vsphere.machine(machine);
    machine.guestWrites(0, random(1, 12 << 20), 4 << 20);
    machine.guestWrites(1, random(2, 1 << 20), 0);
  }

  @AfterEach
  void stop() throws IOException {
    vsphere.close();
    assertThat(vsphere.clientFaults()).isEmpty();
    assertThat(out() + err()).doesNotContain(FakeVsphere.PASSWORD);
  }

  private static ByteBuffer random(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return ByteBuffer.wrap(bytes);
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private int run(String... words) throws IOException {
    Path password = Files.writeString(folder.resolve("password"), FakeVsphere.PASSWORD + "\n");
    List<String> all =
        new ArrayList<>(
            List.of(
                "--server=localhost",
                "--port=" + vsphere.port(),
                "--nfc-port=" + vsphere.host().port(),
                "--user=" + FakeVsphere.USER,
                "--password=+" + password,
                "--thumbprint=" + vsphere.thumbprint()));
    all.addAll(List.of(words));
    out.reset();
    err.reset();
    return NbdVsphere.run(
        all.toArray(String[]::new),
        new PrintStream(out, false, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  private void assertCopied(Path copies) throws IOException {
    assertThat(copies.resolve("web-1.raw")).hasSameBinaryContentAs(machine.rawFile(0));
    assertThat(copies.resolve("web-2.raw")).hasSameBinaryContentAs(machine.rawFile(1));
    assertThat(machine.snapshots()).isEmpty();
  }

  @Test
  void machinesAreListedAndShown() throws IOException {
    machine.leaveSnapshot("before", "");
    assertThat(run("list")).isZero();
    assertThat(out()).isEqualTo("vm-16        poweredOn   2 disks  36.0 MiB  web\n");
    assertThat(run("show", "/dc one/vm/web")).isZero();
    assertThat(out())
        .contains("power            poweredOn\n")
        .contains("disk 2           Hard disk 2, 12.0 MiB\n")
        .contains("[store] web/web.vmdk\n")
        .contains("change tracking  off\n")
        .contains(" before\n")
        .contains("obstacle         it has a virtual TPM");
    assertThat(run("show", "web", "--json")).isZero();
    assertThat(out())
        .startsWith("{\"reference\": \"vm-16\", \"name\": \"web\", ")
        .contains("\"key\": 2001, \"unit\": 1, \"label\": \"Hard disk 2\", \"size\": 12582912")
        .contains("\"changeId\": null");
    assertThat(run("list", "--json")).isZero();
    assertThat(out()).startsWith("[{\"reference\": \"vm-16\"").endsWith("}]\n");
  }

  @Test
  void thumbprintIsShownWithoutLogin() throws IOException {
    assertThat(run("thumbprint", "localhost")).isZero();
    assertThat(out()).startsWith("SHA-1    " + vsphere.thumbprint() + "\nSHA-256  ");
    assertThat(vsphere.calls()).isEmpty();
  }

  @Test
  void snapshotIsCreatedAndRemoved() throws IOException {
    assertThat(run("snapshot", "create", "web", "mine", "--quiesce")).isZero();
    assertThat(machine.lastQuiesced()).isTrue();
    assertThat(out().strip()).isEqualTo(machine.snapshots().get(0));
    assertThat(run("snapshot", "remove", "web"))
        .isZero(); // removes only snapshots that a process has left behind
    assertThat(machine.snapshots()).hasSize(1);
    assertThat(run("snapshot", "remove", "web", "mine")).isZero();
    String left = machine.leaveSnapshot("nbd-core", "");
    assertThat(run("snapshot", "remove", "web")).isZero();
    assertThat(out().strip()).isEqualTo(left);
    assertThat(machine.snapshots()).isEmpty();
  }

  @Test
  void errorNamesTheInvalidArgument() throws IOException {
    assertThat(run("show", "db")).isOne();
    assertThat(err()).isEqualTo("nbd-vsphere: no virtual machine has the name 'db'\n");
    assertThat(run("look")).isOne();
    assertThat(err()).contains("must be thumbprint, list, show, snapshot or copy, not 'look'");
    assertThat(run("--password=wrong", "list")).isOne();
    assertThat(err()).contains("InvalidLogin");
    assertThat(run("copy", "web", folder.toString(), "--again", "--engine=nfc")).isOne();
    assertThat(err()).contains("copy without --again");
    assertThat(machine.snapshots()).isEmpty();
  }

  @Test
  void repeatedCopyTransfersOnlyChangedBlocks() throws IOException {
    machine.track();
    Path copies = folder.resolve("copies");
    assertThat(run("copy", "web", copies.toString(), "--engine=nfc")).as(err()).isZero();
    assertThat(out())
        .isEqualTo("Hard disk 1: copied 12582912 bytes\nHard disk 2: copied 1048576 bytes\n");
    assertCopied(copies);
    machine.guestWrites(0, random(5, 65536), 20 << 20);
    machine.guestWrites(0, ByteBuffer.allocate(65536), 5 << 20);
    assertThat(run("copy", "web", copies.toString(), "--again", "--engine=nfc", "--json"))
        .as(err())
        .isZero();
    assertThat(out())
        .isEqualTo("[{\"key\": 2000, \"copied\": 131072}, {\"key\": 2001, \"copied\": 0}]\n");
    assertCopied(copies);
  }

  private static String uri(PluginServer served) {
    InetSocketAddress address = (InetSocketAddress) served.server().addresses().get(0);
    return "nbd://127.0.0.1:" + address.getPort();
  }

  /** Old data of the destination must not remain where the disk has a hole. */
  @ParameterizedTest
  @ValueSource(strings = {"nfc", "https"})
  void machineIsCopiedToNbdServers(String engine) throws Exception {
    try (PluginServer first = PluginServer.start(new MemoryProvider(), Integer.toString(SIZE));
        PluginServer second = PluginServer.start(new MemoryProvider(), Integer.toString(SIZE))) {
      first.client().write(random(7, 1 << 20), 1 << 20);
      second.client().write(random(8, 1 << 20), SIZE / 2 - (1 << 20));
      second.client().write(random(9, 512), SIZE - 512); // beyond the end of the disk
      assertThat(run("copy", "web", uri(first), uri(second), "--engine=" + engine))
          .as(err())
          .isZero();
      assertThat(first.read(0, SIZE)).isEqualTo(Files.readAllBytes(machine.rawFile(0)));
      assertThat(second.read(0, SIZE / 2)).isEqualTo(Files.readAllBytes(machine.rawFile(1)));
      assertThat(second.read(SIZE - 512, 512)).isEqualTo(random(9, 512).array());
      if (engine.equals("nfc")) { // HTTPS does not report the holes of a flat file
        assertThat(out())
            .isEqualTo("Hard disk 1: copied 12582912 bytes\nHard disk 2: copied 1048576 bytes\n");
        assertThat(first.extents(0, SIZE)).startsWith("4194304:3").endsWith("8388608:3");
      }
    }
    assertThat(machine.snapshots()).isEmpty();
  }

  @Test
  void errorNamesAnUnsuitableServer() throws Exception {
    try (PluginServer small = PluginServer.start(new MemoryProvider(), "1M")) {
      String uri = uri(small);
      assertThat(run("copy", "web", uri, uri, "--engine=nfc")).isOne();
      assertThat(err()).contains(uri + " has 1048576 bytes, too few for " + SIZE);
      assertThat(run("copy", "web", uri, "--engine=nfc")).isOne();
      assertThat(err()).contains("'web' has 2 disks, but URIs: 1");
      assertThat(run("copy", "web", uri, uri, "--again", "--engine=nfc")).isOne();
      assertThat(err()).contains("without --again");
      assertThat(small.read(0, 1 << 20)).containsOnly(0);
    }
    assertThat(machine.snapshots()).isEmpty();
  }

  @Test
  void interruptedCopyIsResumed() throws IOException {
    machine.track();
    Path copies = folder.resolve("copies");
    faults.cutAfterBytes(8 << 20);
    assertThat(run("copy", "web", copies.toString(), "--engine=nfc")).isOne();
    assertThat(err()).contains("Hard disk 1: ");
    assertThat(machine.snapshots()).isEmpty();
    faults.cutAfterBytes(Long.MAX_VALUE);
    long alreadyCopied = CopyState.read(copies.resolve("web.copy")).disk(2000).copied();
    machine.guestWrites(0, random(6, 65536), 4 << 20);
    machine.guestWrites(0, ByteBuffer.allocate(1 << 20), 15 << 20);
    assertThat(run("copy", "web", copies.toString(), "--engine=nfc")).as(err()).isZero();
    Matcher copied = Pattern.compile("Hard disk 1: copied (\\d+) bytes\n").matcher(out());
    assertThat(copied.find()).as(out()).isTrue();
    // the changed 64 KiB, and the data from there up to 15 MiB
    assertThat(Long.parseLong(copied.group(1)))
        .isLessThanOrEqualTo(65536 + (15 << 20) - alreadyCopied);
    assertCopied(copies);
    vsphere.host().events().clear(); // the fake saw a file left open when it cut the connection
  }
}
