package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.nbdcore.testkit.vsphere.FakeMachine;
import org.nbdcore.testkit.vsphere.FakeVsphere;
import org.nbdcore.testkit.vsphere.NfcFaults;
import org.nbdcore.testkit.vsphere.NfcFaults.ReplyFault;

/**
 * Each failure of a host, as libnbd sees it and as the server logs it. The server outlives them
 * all; at its end, its snapshot and its session are gone.
 */
@Tag("heavy")
class NfcFailuresIT {

  private static final int SIZE = 4 << 20;
  private static final int VIX_OUT_OF_MEMORY = 2;
  private static final int VIX_FILE_LOCKED = 15;
  private static final String READ = "read of 4096 bytes at 0: ";

  @RegisterExtension final Sandbox box = new Sandbox();

  private final NfcFaults faults = new NfcFaults();
  private FakeVsphere vsphere;
  private FakeMachine machine;
  private Server server;

  @BeforeEach
  void start() throws IOException {
    vsphere = FakeVsphere.start(faults);
    machine = new FakeMachine("vm-16", "web", box.file("."), SIZE, true);
    byte[] content = new byte[SIZE];
    new Random(5).nextBytes(content);
    machine.guestWrites(ByteBuffer.wrap(content), 0);
    vsphere.machine(machine);
  }

  @AfterEach
  void stop() throws IOException {
    vsphere.close();
  }

  /** No nfchostport=: the ticket names the port of the host that the machine is on. */
  private Server serve() throws IOException {
    List<String> words = new ArrayList<>(List.of("-v", "-D", "vddk.nfc=1", "vddk", "engine=nfc"));
    words.addAll(vsphere.login(box.file(".")));
    words.addAll(List.of("vm=web", "disk=1", "snapshot=create", "preflight=false"));
    return box.serve(words.toArray(String[]::new));
  }

  /** The result of a client that connects and reads once. */
  private String client() {
    String script =
        """
        import nbd
        h = nbd.NBD()
        try:
            h.connect_uri("%s")
            h.pread(4096, 0)
            print("data")
        except nbd.Error as e:
            print(e.errno, e.string)
        """
            .formatted(server.uri());
    return box.run(Client.PYTHON, "-c", script).succeeded().line();
  }

  private void assertUsable() {
    assertThat(client()).isEqualTo("data");
  }

  /** libnbd knows no more of an export that cannot be opened; QEMU shows the server's message. */
  private void assertOpenFailsWith(String message) {
    assertThat(client()).startsWith("ENOENT ");
    Ran info = box.run(Client.QEMU_IMG, "info", server.uri());
    assertThat(info.status()).isNotZero();
    assertThat(info.err()).contains(message);
  }

  @Test
  void eachFailureIsReportedToTheClientAndLogged() throws Exception {
    server = serve();
    assertThat(machine.snapshots()).hasSize(1);
    assertUsable();

    faults.refuseTickets(true);
    assertOpenFailsWith("refused the ticket");
    faults.refuseTickets(false).outOfMemory(true);
    assertOpenFailsWith("Failed to allocate the requested 24117272 bytes");
    faults.outOfMemory(false).failOpenWith(VIX_FILE_LOCKED);
    assertOpenFailsWith("error 15 (file is locked)");
    faults.failOpenWith(0);
    assertUsable();

    faults.cutAfterBytes(0);
    assertThat(client()).startsWith("EIO ");
    faults.cutAfterBytes(Long.MAX_VALUE).failReadsWith(VIX_OUT_OF_MEMORY);
    assertThat(client()).startsWith("ENOMEM ");
    faults.failReadsWith(0).replyFault(ReplyFault.SWITCH_HOST);
    assertThat(client()).startsWith("EIO ");
    faults.replyFault(ReplyFault.NONE).latencyMicros(20_000).shuffled();
    assertUsable();

    vsphere.endSessions();
    assertUsable();
    vsphere.moveToAnotherHost();
    assertUsable();
    vsphere.endSessions(); // also for the removal of the snapshot

    String log = server.stop().err();
    assertThat(log)
        .contains("refused the ticket")
        .contains("NFC error 5/0: Failed to allocate the requested 24117272 bytes")
        .contains("cannot open '[store] web/web.vmdk': open file: error 15 (file is locked)")
        .contains(READ + "the server closed the connection")
        .contains(READ + "error 2 (the server is out of memory)")
        .contains("message 20 for request")
        .contains("the session has ended: logging in again")
        .contains("removed the snapshot")
        .doesNotContain(FakeVsphere.PASSWORD)
        .doesNotContain("vmware_soap_session");
    assertNothingIsLeft();
  }

  private void assertNothingIsLeft() {
    assertThat(machine.snapshots()).isEmpty();
    assertThat(vsphere.host().connections()).isZero();
    assertThat(vsphere.clientFaults()).isEmpty();
  }

  /** The password is in a file, so that nobody sees it; the cookie never leaves the process. */
  @Test
  void theProcessListShowsNoSecret() throws Exception {
    server = serve();
    assertUsable();
    for (ProcessHandle process : box.processes()) {
      Path status = Path.of("/proc", Long.toString(process.pid()));
      for (String name : new String[] {"cmdline", "environ"}) {
        assertThat(Files.readString(status.resolve(name)))
            .doesNotContain(FakeVsphere.PASSWORD)
            .doesNotContain("vmware_soap_session");
      }
    }
    server.stop();
    assertNothingIsLeft();
  }
}
