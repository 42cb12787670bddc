package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A virtual machine makes, fills, reads and checks a file system on our disk. */
@Tag("heavy")
class GuestfishIT {

  private static final Duration LIMIT = Duration.ofMinutes(4);

  @RegisterExtension final Sandbox box = new Sandbox();

  @Test
  void aVirtualMachineKeepsAFileSystemOnAFile() throws Exception {
    String disk = box.file("disk").toString();
    box.run(Client.QEMU_IMG, "create", "-f", "raw", disk, "256M").succeeded();
    Path sent = box.file("sent");
    byte[] content = new byte[20_000_001];
    new Random(SampleDisk.SEED).nextBytes(content);
    Files.write(sent, content);
    Path back = box.file("back");

    Server server = box.serve("file", disk);
    Ran ran =
        guestfish(
            server,
            "part-disk /dev/sda mbr : mkfs ext4 /dev/sda1 : mount /dev/sda1 /",
            "mkdir /folder : upload %s /folder/sent : write /line hello".formatted(sent),
            // From here on nothing may come from the machine's own memory.
            "umount / : drop-caches 3 : e2fsck-f /dev/sda1 : mount-ro /dev/sda1 /",
            "download /folder/sent %s : cat /line".formatted(back));
    assertThat(server.stop().err()).isEmpty();
    assertThat(ran.line()).isEqualTo("hello");
    assertThat(Files.mismatch(sent, back)).isEqualTo(-1);
  }

  private Ran guestfish(Server server, String... commands) {
    String uri = "nbd://?socket=" + server.socket(); // its own form of URI
    ProcessBuilder guestfish =
        box.builder(
            Client.GUESTFISH.with(
                ("--format=raw -a " + uri + " run : " + String.join(" : ", commands)).split(" ")));
    guestfish.environment().put("LIBGUESTFS_BACKEND", "direct");
    guestfish.environment().put("LIBGUESTFS_BACKEND_SETTINGS", "force_tcg");
    guestfish.environment().put("LIBGUESTFS_CACHEDIR", box.file("").toString());
    return box.run(guestfish, LIMIT).succeeded();
  }
}
