package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** libnbd and QEMU, on GnuTLS, against ours: certificates and pre-shared keys. */
class TlsIT {

  @RegisterExtension final Sandbox box = new Sandbox();

  private TestCertificates pki;
  private Path keys;
  private Path raw;

  @BeforeEach
  void makeCertificatesAndKeys() throws Exception {
    pki = TestCertificates.make(box);
    pki.sign("client", "cn = client\n");
    keys = box.file("keys.psk");
    box.run(Client.PSKTOOL, "-u", "alice", "-p", keys.toString()).succeeded();
    raw = box.file("raw");
    SampleDisk.make(raw, 80 << 20);
  }

  private static String withKeys(Server server, Path file) {
    return "nbds+unix://alice@/?socket=" + server.socket() + "&tls-psk-file=" + file;
  }

  @Test
  void nbdcopyCopiesBothWaysWithCertificates() throws Exception {
    Server server =
        box.serve("--tls=require", "--tls-certificates=" + pki.server(), "memory", "80M");
    String uri = pki.uri(server, "client");
    assertThat(box.run(Client.NBDINFO, uri).succeeded().out()).contains("with TLS");
    box.run(Client.NBDCOPY, raw.toString(), uri).succeeded();
    box.run(Client.NBDCOPY, uri, box.file("copy").toString()).succeeded();
    SampleDisk.assertSame(box.file("copy"), raw);
    assertThat(box.run(Client.NBDINFO, server.uri()).status()).as("without TLS").isNotZero();
    server.stop();
  }

  @Test
  void aClientWithoutCertificateIsRefusedWithVerifyPeer() throws Exception {
    Server server =
        box.serve(
            "--tls=require",
            "--tls-verify-peer",
            "--tls-certificates=" + pki.server(),
            "memory",
            "80M");
    box.run(Client.NBDINFO, pki.uri(server, "client")).succeeded();
    Path stranger = Files.createDirectories(box.file("stranger"));
    Files.copy(pki.server().resolve("ca-cert.pem"), stranger.resolve("ca-cert.pem"));
    String uri = "nbds+unix:///?socket=" + server.socket() + "&tls-certificates=" + stranger;
    assertThat(box.run(Client.NBDINFO, uri).status()).isNotZero();
    server.stop();
  }

  @Test
  void nbdcopyCopiesBothWaysWithPreSharedKeys() throws Exception {
    Server server = box.serve("--tls=require", "--tls-psk=" + keys, "memory", "80M");
    String uri = withKeys(server, keys);
    box.run(Client.NBDCOPY, raw.toString(), uri).succeeded();
    box.run(Client.NBDCOPY, uri, box.file("copy").toString()).succeeded();
    SampleDisk.assertSame(box.file("copy"), raw);
    Path wrong = Files.writeString(box.file("wrong.psk"), "alice:" + "00".repeat(32) + "\n");
    assertThat(box.run(Client.NBDINFO, withKeys(server, wrong)).status()).isNotZero();
    server.stop();
  }

  @Test
  void qemuReadsOverTls() throws Exception {
    Server server =
        box.serve("--tls=require", "--tls-certificates=" + pki.server(), "file", raw.toString());
    String out = box.file("copy").toString();
    box.run(
            Client.QEMU_IMG,
            "convert",
            "--object",
            "tls-creds-x509,id=t,endpoint=client,dir=" + pki.server().resolve("client"),
            "--image-opts",
            "driver=nbd,path=" + server.socket() + ",tls-creds=t,tls-hostname=localhost",
            "-O",
            "raw",
            out)
        .succeeded();
    SampleDisk.assertSame(box.file("copy"), raw);
    server.stop();
  }
}
