package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Disks on OpenSSH's server. */
@Tag("heavy")
class SshIT {

  private static final int SIZE = 5_000_192;

  @RegisterExtension final Sandbox box = new Sandbox();

  private final byte[] disk = new byte[SIZE];
  private SshServer ssh;

  @BeforeEach
  void serveFiles() throws Exception {
    new Random(2616).nextBytes(disk);
    Files.write(box.file("disk.img"), disk);
    ssh = SshServer.start(box);
  }

  @AfterEach
  void stop() {
    ssh.close();
  }

  private Server serve(Path file, String... more) throws Exception {
    List<String> words = new ArrayList<>(List.of("ssh"));
    words.addAll(ssh.parameters(file));
    words.addAll(List.of(more));
    return box.serve(words.toArray(String[]::new));
  }

  @Test
  void nbdcopyReadsADiskAndQemuWritesIt() throws Exception {
    Server server = serve(box.file("disk.img"));
    Path copy = box.file("copy");
    box.run(Client.NBDCOPY, server.uri(), copy.toString()).succeeded();
    assertThat(copy).hasBinaryContent(disk);
    box.run(
            Client.QEMU_IO,
            "-f",
            "raw",
            "-c",
            "write -P 7 1000000 3000000",
            "-c",
            "flush",
            "-c",
            "read -P 7 1000000 3000000",
            server.uri())
        .succeeded();
    Arrays.fill(disk, 1_000_000, 4_000_000, (byte) 7);
    assertThat(box.file("disk.img")).hasBinaryContent(disk);
    server.stop();
  }

  @Test
  void nbdcopyFillsACreatedDisk() throws Exception {
    Path file = box.file("new.img");
    Server server = serve(file, "create=true", "create-size=" + SIZE, "create-mode=0640");
    box.run(Client.NBDCOPY, "--flush", box.file("disk.img").toString(), server.uri()).succeeded();
    assertThat(file).hasBinaryContent(disk);
    server.stop();
  }

  @Test
  void aMissingFileIsNamed() throws Exception {
    Server server = serve(box.file("none.img"));
    Ran info = box.run(Client.NBDINFO, server.uri());
    assertThat(info.status()).isNotZero();
    assertThat(server.errors()).contains("cannot open " + box.file("none.img"));
    server.stop();
  }
}
