package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An OVA of two disks, as tar and qemu-img make it: a file, and on a web server. */
@Tag("heavy")
class OvaIT {

  private static final long SEED = 614;

  @RegisterExtension final Sandbox box = new Sandbox();

  private Path folder;

  @BeforeEach
  void makeTheOva() throws IOException {
    folder = Files.createDirectory(box.file("web"));
    disk("1", 3_000_320);
    disk("2", 1_000_448);
    Files.writeString(folder.resolve("vm.ovf"), "<Envelope/>");
    Programs.tool(
        folder,
        Client.TAR,
        "--format=ustar",
        "-cf",
        "vm.ova",
        "vm.ovf",
        "vm-disk1.vmdk",
        "vm-disk2.vmdk");
  }

  private void disk(String number, int size) throws IOException {
    byte[] bytes = new byte[size];
    new Random(SEED + size).nextBytes(bytes);
    Arrays.fill(bytes, 200_000, 500_000, (byte) 0);
    Path raw = Files.write(folder.resolve(number + ".raw"), bytes);
    SampleDisk.convert(
        raw, folder.resolve("vm-disk" + number + ".vmdk"), Subformat.STREAM_OPTIMIZED);
  }

  @Test
  void bothDisksAreListedAndCopied() throws Exception {
    assertServed(box.serve("vmdk", folder.resolve("vm.ova").toString()));
  }

  @Test
  void bothDisksAreListedAndCopiedFromTheWeb() throws Exception {
    try (WebServer web = WebServer.start(box, folder)) {
      assertServed(box.serve("curl", "--filter=vmdk", web.url("vm.ova")));
    }
  }

  @Test
  void aDiskOfTheOvaIsServedThroughTheTarFilter() throws Exception {
    Server server =
        box.serve(
            "file",
            "--filter=vmdk",
            "--filter=tar",
            folder.resolve("vm.ova").toString(),
            "tar-entry=vm-disk2.vmdk");
    assertCopied(server.uri(), "2");
    server.stop();
  }

  private void assertServed(Server server) throws Exception {
    assertThat(box.run(Client.NBDINFO, "--list", server.uri()).succeeded().out())
        .contains("export=\"vm-disk1.vmdk\":", "export=\"vm-disk2.vmdk\":")
        .contains("export-size: 3000320", "export-size: 1000448");
    assertCopied(export(server, "vm-disk1.vmdk"), "1");
    assertCopied(export(server, "vm-disk2.vmdk"), "2");
    assertThat(box.run(Client.NBDINFO, "--size", server.uri()).err())
        .containsPattern("no export named ''|the OVA has several disks"); // libnbd's words or ours
    server.stop();
  }

  private static String export(Server server, String name) {
    return server.uri().replace(":///", ":///" + name);
  }

  private void assertCopied(String uri, String number) throws IOException {
    Path copy = box.file("copy" + number);
    box.run(Client.NBDCOPY, uri, copy.toString()).succeeded();
    SampleDisk.assertSame(copy, folder.resolve(number + ".raw"));
  }
}
