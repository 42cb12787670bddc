package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The plugin nbd with servers of other projects. */
@Tag("heavy")
class NbdPluginIT {

  @RegisterExtension final Sandbox box = new Sandbox();

  @Test
  void commandRunsQemuNbdAndEndsItWithTheServer() throws Exception {
    Path raw = box.file("raw");
    Path qcow2 = box.file("disk.qcow2");
    SampleDisk.make(raw, 80 << 20);
    box.run(Client.QEMU_IMG, "create", "-q", "-f", "qcow2", qcow2.toString(), "80M").succeeded();
    Server server =
        box.serve(
            "nbd",
            "command=" + Client.QEMU_NBD.path(),
            "arg=-f",
            "arg=qcow2",
            "arg=-t",
            "arg=" + qcow2);
    box.run(Client.NBDCOPY, raw.toString(), server.uri()).succeeded();
    Ran info = box.run(Client.NBDINFO, server.uri()).succeeded();
    assertThat(info.out()).contains("block_size_minimum: 1\n").contains("can_zero: true");
    server.stop();
    assertThat(box.processes()).as("qemu-nbd is gone").isEmpty();
    box.run(Client.QEMU_IMG, "compare", "-f", "raw", "-F", "qcow2", raw.toString(), "" + qcow2)
        .succeeded();
  }

  @ParameterizedTest
  @CsvSource({
    "tls-creds-x509 dir=PKI, tls-certificates=PKI/client",
    "tls-creds-psk dir=KEYS, tls-psk=KEYS/keys.psk tls-username=alice",
  })
  void theServerThatCommandRunsIsReachedOverTls(String credentials, String keys) throws Exception {
    TestCertificates pki = TestCertificates.make(box);
    pki.sign("client", "cn = client\n");
    Path folder = Files.createDirectories(box.file("keys"));
    box.run(Client.PSKTOOL, "-u", "alice", "-p", folder.resolve("keys.psk").toString()).succeeded();
    Path raw = box.file("raw");
    SampleDisk.make(raw, 80 << 20);
    String object = credentials.replace(" ", ",id=t,endpoint=server,");
    String words =
        "nbd arg=--object arg=OBJECT arg=--tls-creds arg=t arg=-f arg=raw arg=-t arg=RAW command=QEMU"
            + " tls=require "
            + keys;
    Server server =
        box.serve(
            words
                .replace("OBJECT", object)
                .replace("PKI", pki.server().toString())
                .replace("KEYS", folder.toString())
                .replace("RAW", raw.toString())
                .replace("QEMU", Client.QEMU_NBD.path())
                .split(" "));
    String copy = box.file("copy").toString();
    box.run(Client.NBDCOPY, server.uri(), copy).succeeded();
    SampleDisk.assertSame(box.file("copy"), raw);
    server.stop();
  }

  @Test
  void thePluginReconnectsAfterNbdkitIsKilledAndRestarted() throws Exception {
    Path disk = box.file("disk");
    Files.write(disk, new byte[1 << 20]);
    Path socket = box.file("remote");
    Server server = box.serve("nbd", "socket=" + socket, "retry=10");
    Path script = box.file("script.py");
    Files.writeString(
        script,
        """
        import nbd, os, signal, subprocess, sys
        remote, disk, uri = sys.argv[1:]
        def start():
            return subprocess.Popen(["nbdkit", "-f", "-U", remote, "file", disk])
        first = start()
        h = nbd.NBD()
        h.connect_uri(uri)
        h.pwrite(b"before", 0)
        h.flush()
        first.send_signal(signal.SIGKILL)
        first.wait()
        os.unlink(remote)
        second = start()
        assert h.pread(6, 0) == b"before"
        h.pwrite(b"behind", 0)
        h.flush()
        second.send_signal(signal.SIGKILL)
        second.wait()
        assert open(disk, "rb").read(6) == b"behind"
        h.shutdown()
        """);
    box.run(Client.PYTHON, script.toString(), "" + socket, "" + disk, server.uri()).succeeded();
    server.stop();
  }

  @Test
  void nbdkitsExtentsAndBlockSizesAreForwarded() throws Exception {
    Path disk = box.file("disk");
    SampleDisk.make(disk, 80 << 20);
    Path socket = box.file("remote");
    Process nbdkit =
        box.builder(
                Client.NBDKIT.with(
                    "-f",
                    "-U",
                    socket.toString(),
                    "--filter=blocksize-policy",
                    "file",
                    disk.toString(),
                    "blocksize-minimum=512",
                    "blocksize-preferred=64k",
                    "blocksize-maximum=1M"))
            .start();
    try {
      Server server = box.serve("nbd", "socket=" + socket, "shared=true", "retry=10");
      String direct = "nbd+unix:///?socket=" + socket;
      assertThat(box.run(Client.NBDINFO, server.uri()).succeeded().out())
          .contains("block_size_minimum: 512\n")
          .contains("block_size_preferred: 65536\n")
          .contains("block_size_maximum: 1048576\n");
      assertThat(box.run(Client.NBDINFO, "--map", server.uri()).succeeded().out())
          .contains("hole")
          .isEqualTo(box.run(Client.NBDINFO, "--map", direct).succeeded().out());
      server.stop();
    } finally {
      nbdkit.destroy();
      nbdkit.waitFor();
    }
  }

  @Test
  void nbdkitIsReachedWithAPreSharedKey() throws Exception {
    Path keys = box.file("keys.psk");
    Path wrong = Files.writeString(box.file("wrong.psk"), "alice:" + "00".repeat(32) + "\n");
    box.run(Client.PSKTOOL, "-u", "alice", "-p", keys.toString()).succeeded();
    Path socket = box.file("remote");
    Process nbdkit =
        box.builder(
                Client.NBDKIT.with(
                    "-f", "-U", "" + socket, "--tls=require", "--tls-psk=" + keys, "memory", "8M"))
            .start();
    try {
      String write = "h.pwrite(b'secret' * 100000, 1)\nassert h.pread(6, 600001 - 6) == b'secret'";
      Server server =
          box.serve("nbd", "socket=" + socket, "tls=require", "tls-psk=" + keys, "retry=10");
      box.nbdsh(server, write).succeeded();
      server.stop();
      Ran refused =
          box.nbdCore(
              "nbd", "socket=" + socket, "tls-psk=" + wrong, "shared=true", "--run", "true");
      assertThat(refused.status()).isEqualTo(1);
      assertThat(refused.err()).contains("alice").doesNotContain("0000");
    } finally {
      nbdkit.destroy();
      nbdkit.waitFor();
    }
  }
}
