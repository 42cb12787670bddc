package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Several exports from a configuration file, with third-party clients. */
@Tag("heavy")
class ConfigIT {

  private static final String NOTIFIED =
      """
      import os, re, signal, socket, subprocess, sys
      listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
      listener.bind("\\0" + sys.argv[1])
      listener.settimeout(60)
      environment = dict(os.environ, NOTIFY_SOCKET="@" + sys.argv[1])
      server = subprocess.Popen(sys.argv[2:], env=environment)
      def heard():
          return re.sub(r"USEC=[1-9]\\d+", "USEC=N", listener.recv(4096).decode())
      heard()
      server.send_signal(signal.SIGHUP)
      print(heard())
      print(heard())
      server.terminate()
      print(heard())
      print(server.wait())
      """;

  @RegisterExtension final Sandbox box = new Sandbox();

  /** Replaces the file atomically, as an editor does. */
  private Path config(String... lines) throws IOException {
    Path file = box.file("nbd.conf");
    Path next = Files.write(box.file("next"), List.of(lines));
    Files.setPosixFilePermissions(next, PosixFilePermissions.fromString("rw-------"));
    return Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static String uri(Server server, String export) {
    return "nbd+unix:///" + export + "?socket=" + server.socket();
  }

  private String size(Server server, String export) {
    return box.run(Client.NBDINFO, "--size", uri(server, export)).succeeded().line();
  }

  private static void sendSighup(Server server) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-HUP", Long.toString(server.pid())).start().waitFor();
  }

  @Test
  void fiftyExportsOfWhichOneIsBrokenAreListedWithTheirDescriptions() throws Exception {
    List<String> lines = new ArrayList<>();
    for (int i = 1; i < 50; i++) {
      lines.addAll(
          List.of("[export disk" + i + "]", "description = number " + i, "plugin = memory"));
      lines.addAll(List.of("size = " + i + "M", i % 2 == 0 ? "start = on-demand" : ""));
    }
    Path folder = Files.createDirectory(box.file("folder"));
    Files.write(folder.resolve("more.img"), new byte[512]);
    lines.addAll(List.of("[export broken]", "plugin = file", "file = " + box.file("missing")));
    lines.addAll(List.of("[export *]", "plugin = file", "dir = " + folder));
    Path file = config(lines.toArray(String[]::new));

    Ran check = box.nbdCore("--config=" + file, "--check");
    assertThat(check.status()).isEqualTo(1);
    assertThat(check.err())
        .isEqualTo(
            "nbd-core: error: "
                + file
                + ":246: file: file "
                + box.file("missing")
                + " does not exist\n");

    Server server = box.serve("--config=" + file);
    assertThat(server.errors())
        .contains("error: the export 'broken' is not served: file: cannot start: file ");
    // nbdinfo opens each export that is listed, and fails as a whole if one of them fails
    Ran list = box.run(Client.NBDINFO, "--list", server.uri()).succeeded();
    for (int i = 1; i < 50; i++) {
      assertThat(list.out())
          .contains("export=\"disk" + i + "\":\n", "description: number " + i + "\n");
    }
    assertThat(list.out()).contains("export=\"more.img\":\n").doesNotContain("broken");
    assertThat(size(server, "disk49")).isEqualTo(Long.toString(49L << 20));
    assertThat(size(server, "more.img")).isEqualTo("512");
    Ran broken =
        box.run(
            Client.PYTHON,
            "-m",
            "nbd",
            "-c",
            "h.set_opt_mode(True)",
            "-c",
            "h.connect_unix('" + server.socket() + "')",
            "-c",
            "h.set_export_name('broken')",
            "-c",
            "h.opt_go()");
    assertThat(broken.status()).isNotZero();
    assertThat(server.errors()).contains("opening the export 'broken': ");
    server.stop();
  }

  /** The copy waits in the middle, while its export is replaced and another one removed. */
  @Test
  void aCopyContinuesDuringAReload() throws Exception {
    Path raw = box.file("raw");
    SampleDisk.make(raw, 8 << 20);
    Path first = box.runtime("first");
    Path second = box.runtime("second");
    Path file =
        config(
            "[export disk]",
            "plugin = file",
            "filter = pause",
            "file = " + raw,
            "pause-control = " + first,
            "[export gone]",
            "plugin = memory",
            "size = 1M");
    Server server = box.serve("--config=" + file, "-v");
    assertThat(control(first, 'p')).isEqualTo('P');
    Path copy = box.file("copy");
    Process copying =
        box.builder(Client.NBDCOPY.with(uri(server, "disk"), copy.toString())).start();
    await()
        .atMost(Programs.TIMEOUT)
        .until(() -> server.errors().matches("(?s).*pause: (pread|extents).*"));

    config(
        "[export disk]",
        "description = the next one",
        "plugin = memory",
        "filter = pause",
        "size = 3M",
        "pause-control = " + second);
    sendSighup(server);
    await()
        .atMost(Programs.TIMEOUT)
        .until(() -> server.errors().contains("Serving 1 exports; reloaded: "));
    assertThat(server.errors()).contains("reloaded: 0 added, 1 replaced, 1 removed");
    assertThat(size(server, "disk")).isEqualTo(Long.toString(3 << 20));
    assertThat(box.run(Client.NBDINFO, uri(server, "gone")).status()).isNotZero();
    assertThat(copying.isAlive()).isTrue();

    config("[export disk]", "plugin = fiel");
    sendSighup(server);
    await()
        .atMost(Programs.TIMEOUT)
        .until(() -> server.errors().contains("the configuration is not reloaded"));
    assertThat(server.errors())
        .contains("error: " + file + ":2: there is no plugin 'fiel'; did you mean file?");
    assertThat(size(server, "disk")).isEqualTo(Long.toString(3 << 20));

    assertThat(control(first, 'r')).isEqualTo('R');
    assertThat(copying.waitFor(Programs.TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(copying.exitValue()).isZero();
    SampleDisk.assertSame(copy, raw);
    server.stop();
  }

  private static char control(Path socket, char command) throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      channel.write(ByteBuffer.wrap(new byte[] {(byte) command}));
      ByteBuffer answer = ByteBuffer.allocate(1);
      assertThat(channel.read(answer)).isEqualTo(1);
      return (char) answer.get(0);
    }
  }

  @Test
  void clientsAreAcceptedByUserAndAddress() throws Exception {
    int self = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    Path file =
        config(
            "[export mine]",
            "plugin = memory",
            "size = 1M",
            "allow = uid:" + self,
            "[export others]",
            "plugin = memory",
            "size = 1M",
            "allow = uid:" + (self + 1),
            "allow = 10.0.0.0/8",
            "[export local]",
            "plugin = memory",
            "size = 1M",
            "allow = 127.0.0.0/8,::1");
    Server server = box.serve("--config=" + file);
    assertThat(size(server, "mine")).isEqualTo("1048576");
    Ran refused = box.run(Client.NBDINFO, uri(server, "others"));
    assertThat(refused.status()).isNotZero();
    assertThat(server.errors()).contains("the rules of allow and deny reject client");
    assertThat(box.run(Client.NBDINFO, "--list", server.uri()).succeeded().out())
        .contains("export=\"mine\"")
        .doesNotContain("others")
        .doesNotContain("local");
    server.stop();

    String look =
        "for name in local mine others; do"
            + " nbdinfo --size nbd://127.0.0.1:$port/$name 2>/dev/null || echo no; done";
    Ran tcp = box.nbdCore("--config=" + file, "-i127.0.0.1", "-p0", "--run", look).succeeded();
    assertThat(tcp.out()).isEqualTo("1048576\nno\nno\n");
  }

  @Test
  void clientsAreAcceptedByTheNameInTheirCertificate() throws Exception {
    TestCertificates pki = TestCertificates.make(box);
    pki.sign("alice", "cn = alice\n");
    pki.sign("bob", "cn = bob\n");
    Path file =
        config(
            "tls = require",
            "tls-verify-peer = yes",
            "tls-certificates = " + pki.server(),
            "[export for-alice]",
            "plugin = memory",
            "size = 1M",
            "allow = dn:CN=alice",
            "[export *]",
            "plugin = memory",
            "size = 2M",
            "allow = dn:CN=bob");
    Server server = box.serve("--config=" + file);
    assertThat(tlsSize(pki, server, "alice", "for-alice")).isEqualTo("1048576");
    assertThat(tlsSize(pki, server, "bob", "anything")).isEqualTo("2097152");
    assertThat(tlsSize(pki, server, "bob", "for-alice")).isEmpty();
    assertThat(tlsSize(pki, server, "alice", "anything")).isEmpty();
    server.stop();
  }

  private String tlsSize(TestCertificates pki, Server server, String client, String export) {
    String uri = pki.uri(server, client).replace("nbds+unix:///", "nbds+unix:///" + export);
    return box.run(Client.NBDINFO, "--size", uri).line();
  }

  @Test
  void systemdIsNotifiedOfAReload() throws Exception {
    Path file = config("[export a]", "plugin = memory", "size = 1M");
    List<String> command =
        new ArrayList<>(Client.PYTHON.with("-c", NOTIFIED, box.file("notify").toString()));
    String nbdCore = Distribution.built().command("nbd-core");
    command.addAll(List.of(nbdCore, "-f", "-U", "-", "--config=" + file));
    Ran ran = box.run(box.ours(command), Programs.TIMEOUT).succeeded();
    assertThat(ran.out())
        .isEqualTo(
            "RELOADING=1\nSTATUS=Reloading\nMONOTONIC_USEC=N\n"
                + "READY=1\nSTATUS=Serving 1 exports; reloaded: 0 added, 0 replaced, 0 removed\n"
                + "STOPPING=1\nSTATUS=Finishing requests\n0\n");
  }

  /** The page explains a file that the program accepts. */
  @Test
  void theExampleOfTheDocumentationIsCorrect() throws Exception {
    String page = Files.readString(Distribution.repository("docs/config.md"));
    String begin = "<!-- checked -->\n```ini\n";
    int from = page.indexOf(begin) + begin.length();
    String example = page.substring(from, page.indexOf("```", from));
    assertThat(from).isGreaterThan(begin.length());
    Path disks = Files.createDirectories(box.file("disks"));
    for (String name : List.of("system.img", "database.img", "secret.img")) {
      Files.write(disks.resolve(name), new byte[512]);
    }
    Files.writeString(box.file("passphrase"), "hush\n");
    String here =
        example
            .replace("/srv/disks", disks.toString())
            .replace("/run/nbd-core/", box.runtime("") + "/")
            .replace("/etc/nbd-core/", box.file("") + "/");
    Ran ran = box.nbdCore("--config=" + config(here.split("\n")), "--check").succeeded();
    assertThat(ran.err()).isEmpty();
    assertThat(ran.out())
        .endsWith(
            "no errors; 4 exports\n  system: file, read-only\n"
                + "  customers/database: limit > rate > file\n"
                + "  encrypted: luks > file, on demand\n  *: file\n");
  }
}
