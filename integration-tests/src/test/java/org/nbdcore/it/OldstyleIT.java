package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** libnbd and QEMU against the oldstyle protocol. */
@Tag("heavy")
class OldstyleIT {

  @RegisterExtension final Sandbox box = new Sandbox();

  @Test
  void libnbdAndQemuCopyThereAndBack() throws Exception {
    Path raw = box.file("raw");
    SampleDisk.make(raw, 80 << 20);
    Server server = box.serve("--oldstyle", "--no-sr", "memory", "80M");
    assertThat(box.run(Client.NBDINFO, server.uri()).succeeded().out())
        .contains("oldstyle without TLS");
    box.run(Client.NBDCOPY, raw.toString(), server.uri()).succeeded();
    box.run(Client.QEMU_IMG, "compare", "-f", "raw", raw.toString(), server.uri()).succeeded();
    String nbd = "nbd:unix:" + server.socket();
    box.run(Client.QEMU_IMG, "convert", "-O", "raw", nbd, box.file("copy").toString()).succeeded();
    SampleDisk.assertSame(box.file("copy"), raw);
    server.stop();
  }
}
