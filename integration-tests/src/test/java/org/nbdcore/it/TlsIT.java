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

  private Path folder;
  private Path raw;

  @BeforeEach
  void makeCertificatesAndKeys() throws Exception {
    folder = Files.createDirectories(box.file("pki"));
    authority("ca");
    signed("server", "cn = localhost\ntls_www_server\nencryption_key\nsigning_key\n");
    signed("client", "cn = client\ntls_www_client\nencryption_key\nsigning_key\n");
    box.run(Client.PSKTOOL, "-u", "alice", "-p", file("keys.psk")).succeeded();
    raw = box.file("raw");
    SampleDisk.make(raw, 80 << 20);
  }

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  private void authority(String name) throws Exception {
    key(name);
    template(name, "cn = Test\nca\ncert_signing_key\n");
    box.run(
            Client.CERTTOOL,
            "--generate-self-signed",
            "--load-privkey",
            file(name + "-key.pem"),
            "--template",
            file(name + ".info"),
            "--outfile",
            file(name + "-cert.pem"))
        .succeeded();
  }

  private void signed(String name, String template) throws Exception {
    key(name);
    template(name, template);
    box.run(
            Client.CERTTOOL,
            "--generate-certificate",
            "--load-ca-certificate",
            file("ca-cert.pem"),
            "--load-ca-privkey",
            file("ca-key.pem"),
            "--load-privkey",
            file(name + "-key.pem"),
            "--template",
            file(name + ".info"),
            "--outfile",
            file(name + "-cert.pem"))
        .succeeded();
  }

  private void key(String name) throws Exception {
    box.run(
            Client.CERTTOOL,
            "--generate-privkey",
            "--bits=2048",
            "--key-type=rsa",
            "--outfile",
            file(name + "-key.pem"))
        .succeeded();
  }

  private void template(String name, String text) throws Exception {
    Files.writeString(folder.resolve(name + ".info"), text + "expiration_days = 2\n");
  }

  private static String secure(Server server, String user, String query) {
    return "nbds+unix://" + user + "/?socket=" + server.socket() + "&" + query;
  }

  @Test
  void certificatesEncryptACopyThereAndBack() throws Exception {
    Server server = box.serve("--tls=require", "--tls-certificates=" + folder, "memory", "80M");
    String uri = secure(server, "", "tls-certificates=" + folder);
    assertThat(box.run(Client.NBDINFO, uri).succeeded().out()).contains("with TLS");
    box.run(Client.NBDCOPY, raw.toString(), uri).succeeded();
    box.run(Client.NBDCOPY, uri, box.file("copy").toString()).succeeded();
    SampleDisk.assertSame(box.file("copy"), raw);
    assertThat(box.run(Client.NBDINFO, server.uri()).status()).as("without TLS").isNotZero();
    server.stop();
  }

  @Test
  void aClientWithoutCertificateIsRefusedWhereOneIsAskedFor() throws Exception {
    Server server =
        box.serve(
            "--tls=require", "--tls-verify-peer", "--tls-certificates=" + folder, "memory", "80M");
    box.run(Client.NBDINFO, secure(server, "", "tls-certificates=" + folder)).succeeded();
    Path stranger = Files.createDirectories(box.file("stranger"));
    Files.copy(folder.resolve("ca-cert.pem"), stranger.resolve("ca-cert.pem"));
    String uri = secure(server, "", "tls-certificates=" + stranger);
    assertThat(box.run(Client.NBDINFO, uri).status()).isNotZero();
    server.stop();
  }

  @Test
  void preSharedKeysEncryptACopyThereAndBack() throws Exception {
    Server server = box.serve("--tls=require", "--tls-psk=" + file("keys.psk"), "memory", "80M");
    String uri = secure(server, "alice@", "tls-psk-file=" + file("keys.psk"));
    box.run(Client.NBDCOPY, raw.toString(), uri).succeeded();
    box.run(Client.NBDCOPY, uri, box.file("copy").toString()).succeeded();
    SampleDisk.assertSame(box.file("copy"), raw);
    Path wrong = Files.writeString(folder.resolve("wrong.psk"), "alice:" + "00".repeat(32) + "\n");
    String refused = secure(server, "alice@", "tls-psk-file=" + wrong);
    assertThat(box.run(Client.NBDINFO, refused).status()).isNotZero();
    server.stop();
  }

  @Test
  void qemuReadsUnderTls() throws Exception {
    Server server =
        box.serve("--tls=require", "--tls-certificates=" + folder, "file", raw.toString());
    String out = box.file("copy").toString();
    box.run(
            Client.QEMU_IMG,
            "convert",
            "--object",
            "tls-creds-x509,id=t,endpoint=client,dir=" + folder,
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
