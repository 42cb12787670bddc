package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.tools.vsphere.NbdVsphere;
import org.nbdcore.vsphere.MoRef;
import org.nbdcore.vsphere.VirtualMachine;
import org.nbdcore.vsphere.VsphereClient;
import org.nbdcore.vsphere.VsphereOptions;

/** The vSphere client with vcsim, the public simulator. */
@Tag("heavy")
class VcsimIT {

  private static final int MACHINES = 10;
  private static final Duration LIMIT = Duration.ofMinutes(1);

  @TempDir Path folder;

  private Vcsim vcsim;

  @BeforeEach
  void start() throws IOException, InterruptedException {
    vcsim = Vcsim.start(MACHINES);
  }

  @AfterEach
  void stop() throws IOException {
    vcsim.close();
  }

  private VsphereOptions options() throws IOException {
    return VsphereOptions.of("127.0.0.1").withPort(vcsim.port()).withThumbprint(vcsim.thumbprint());
  }

  private VsphereClient login() throws IOException {
    return VsphereClient.connect(options().withLogin(Vcsim.USER, Vcsim.PASSWORD.toCharArray()));
  }

  private Ran nbdVsphere(String... more) throws IOException {
    Path password = Files.writeString(folder.resolve("password"), Vcsim.PASSWORD);
    List<String> words =
        new ArrayList<>(
            List.of(
                "--server=127.0.0.1",
                "--port=" + vcsim.port(),
                "--user=" + Vcsim.USER,
                "--password=+" + password,
                "--thumbprint=" + vcsim.thumbprint()));
    words.addAll(List.of(more));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status =
        NbdVsphere.run(
            words.toArray(String[]::new),
            new PrintStream(out, false, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    return new Ran(
        words, status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** Writes the files of a disk to the datastore, and returns the disk's contents. */
  private byte[] disk(String machine) throws IOException {
    byte[] content = new byte[1 << 20];
    new Random(machine.hashCode()).nextBytes(content);
    Files.write(vcsim.folder(machine).resolve("disk1-flat.vmdk"), content);
    Files.writeString(
        vcsim.folder(machine).resolve("disk1.vmdk"),
        """
        # Disk DescriptorFile
        version=1
        CID=12345678
        parentCID=ffffffff
        createType="vmfs"
        RW 2048 VMFS "disk1-flat.vmdk"
        """);
    return content;
  }

  @Test
  void machinesAreListedAndShown() throws IOException {
    Ran list = nbdVsphere("list").succeeded();
    assertThat(list.out().lines()).hasSize(2 * MACHINES);
    assertThat(list.out()).contains("DC0_H0_VM0\n").contains("DC0_C0_RP0_VM9\n");
    String shown = nbdVsphere("show", "/DC0/vm/DC0_H0_VM0").succeeded().out();
    assertThat(shown)
        .contains("poweredOff")
        .contains("[LocalDS_0] DC0_H0_VM0/disk1.vmdk")
        .contains("change tracking  off");
    assertThat(nbdVsphere("--json", "show", "DC0_H0_VM0").succeeded().out())
        .contains("\"power\": \"poweredOff\"");
  }

  @Test
  void snapshotIsCreatedAndRemoved() throws IOException {
    String reference = nbdVsphere("snapshot", "create", "DC0_H0_VM1").succeeded().line();
    assertThat(nbdVsphere("show", "DC0_H0_VM1").succeeded().out()).contains(reference);
    nbdVsphere("snapshot", "remove", "DC0_H0_VM1", reference).succeeded();
    assertThat(nbdVsphere("show", "DC0_H0_VM1").succeeded().out()).doesNotContain(reference);
  }

  @Test
  void aDiskIsCopiedOverHttpsFromASnapshotThatIsThenRemoved() throws Exception {
    byte[] content = disk("DC0_H0_VM0");
    Path copies = folder.resolve("copies");
    nbdVsphere("copy", "DC0_H0_VM0", copies.toString(), "--engine=https").succeeded();
    assertThat(copies.resolve("DC0_H0_VM0-1.raw")).hasBinaryContent(content);
    try (VsphereClient client = login()) {
      MoRef machine = client.inventory().find("DC0_H0_VM0");
      assertThat(client.inventory().machine(machine).allSnapshots()).isEmpty();
    }
  }

  @Test
  void aWrongPasswordIsReported() throws IOException {
    assertThatThrownBy(
            () -> VsphereClient.connect(options().withLogin(Vcsim.USER, "wrong".toCharArray())))
        .hasMessageContaining("InvalidLogin")
        .hasMessageContaining("password");
  }

  @Test
  void aSessionThatHasEndedIsRenewedAndTracesDoNotShowIt() throws Exception {
    List<String> trace = new ArrayList<>();
    try (VsphereClient client =
        VsphereClient.connect(
            options().withTrace(trace::add).withLogin(Vcsim.USER, Vcsim.PASSWORD.toCharArray()))) {
      String first = client.session();
      client.inventory().list();
      logOut(first);
      assertThat(client.inventory().list()).hasSize(2 * MACHINES);
      assertThat(client.session()).isNotEqualTo(first);
      assertThat(trace).noneMatch(line -> line.contains(first.replace("\"", "")));
      assertThat(trace).noneMatch(line -> line.contains(Vcsim.PASSWORD));
    }
  }

  @Test
  void twentyMachinesAreReadConcurrently() throws Exception {
    List<VirtualMachine> machines;
    try (VsphereClient client = login()) {
      machines = client.inventory().list();
    }
    assertThat(machines).hasSize(20);
    ExecutorService threads = Executors.newFixedThreadPool(machines.size());
    try {
      List<Future<?>> all = new ArrayList<>();
      for (VirtualMachine machine : machines) {
        byte[] content = disk(machine.name());
        all.add(threads.submit(() -> assertRead(machine, content)));
      }
      for (Future<?> one : all) {
        one.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private Void assertRead(VirtualMachine machine, byte[] content) throws IOException {
    try (VsphereClient client = login()) {
      MoRef found = client.inventory().find("uuid=" + machine.uuid());
      assertThat(found).isEqualTo(machine.ref());
      MoRef snapshot = client.snapshots().create(found, "twenty", "", false, LIMIT);
      ByteBuffer read = ByteBuffer.allocate(content.length);
      client
          .files()
          .read(
              client.inventory().datacenterOf(found),
              "[LocalDS_0] " + machine.name() + "/disk1-flat.vmdk",
              0,
              read);
      assertThat(read.array()).isEqualTo(content);
      client.snapshots().remove(snapshot, LIMIT);
      assertThat(client.inventory().machine(found).allSnapshots()).isEmpty();
    }
    return null;
  }

  /** Ends a session as another client of the same user may. */
  private void logOut(String session) throws Exception {
    String call =
        "<Envelope xmlns=\"http://schemas.xmlsoap.org/soap/envelope/\"><Body>"
            + "<Logout xmlns=\"urn:vim25\"><_this type=\"SessionManager\">SessionManager</_this>"
            + "</Logout></Body></Envelope>";
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + vcsim.port() + "/sdk"))
            .header("Cookie", "vmware_soap_session=" + session)
            .header("SOAPAction", "\"urn:vim25/6.0\"")
            .header("Content-Type", "text/xml; charset=utf-8")
            .POST(HttpRequest.BodyPublishers.ofString(call))
            .build();
    HttpResponse<String> response =
        HttpClient.newBuilder()
            .sslContext(trustingAnyone())
            .build()
            .send(request, HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
  }

  private static SSLContext trustingAnyone() throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new Trusting()}, null);
    return context;
  }

  /** Trusts the simulator's certificate, which is made for another name. */
  private static final class Trusting extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, java.net.Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, java.net.Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
