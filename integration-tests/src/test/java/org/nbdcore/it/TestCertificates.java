package org.nbdcore.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** An authority named Test, a server's certificate and any number of clients'. */
final class TestCertificates {

  private final Sandbox box;
  private final Path folder;

  private TestCertificates(Sandbox box) throws IOException {
    this.box = box;
    folder = Files.createDirectories(box.file("pki"));
  }

  /** Makes the authority and the server's. */
  static TestCertificates make(Sandbox box) throws IOException {
    TestCertificates created = new TestCertificates(box);
    created.key("ca");
    created.template("ca", "cn = Test\nca\ncert_signing_key\n");
    created.certtool(
        "--generate-self-signed",
        "--load-privkey",
        created.file("ca-key.pem"),
        "--template",
        created.file("ca.info"),
        "--outfile",
        created.file("ca-cert.pem"));
    created.certificate("server", "cn = localhost\ntls_www_server\n", created.folder);
    return created;
  }

  /** The folder for {@code --tls-certificates} of the server. */
  Path server() {
    return folder;
  }

  /** Makes a client's folder. */
  void sign(String name, String template) throws IOException {
    Path own = Files.createDirectories(folder.resolve(name));
    Files.copy(folder.resolve("ca-cert.pem"), own.resolve("ca-cert.pem"));
    certificate(name, template + "tls_www_client\n", own);
    Files.move(own.resolve(name + "-key.pem"), own.resolve("client-key.pem"));
    Files.move(own.resolve(name + "-cert.pem"), own.resolve("client-cert.pem"));
  }

  /** How that client reaches a server. */
  String uri(Server server, String client) {
    return "nbds+unix:///?socket="
        + server.socket()
        + "&tls-certificates="
        + folder.resolve(client);
  }

  private void certificate(String name, String template, Path where) throws IOException {
    key(name);
    template(name, template + "encryption_key\nsigning_key\n");
    certtool(
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
        where.resolve(name + "-cert.pem").toString());
    if (!where.equals(folder)) {
      Files.move(folder.resolve(name + "-key.pem"), where.resolve(name + "-key.pem"));
    }
  }

  private void key(String name) {
    certtool(
        "--generate-privkey",
        "--bits=2048",
        "--key-type=rsa",
        "--outfile",
        file(name + "-key.pem"));
  }

  private void template(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name + ".info"), text + "expiration_days = 2\n");
  }

  private void certtool(String... arguments) {
    box.run(Client.CERTTOOL, arguments).succeeded();
  }

  private String file(String name) {
    return folder.resolve(name).toString();
  }
}
