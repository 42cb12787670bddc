package org.nbdcore.it;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** nbdkit's nbd plugin as our client, and nbdcopy as the client of nbdkit. */
@Tag("heavy")
class NbdkitIT {

  @RegisterExtension final Sandbox box = new Sandbox();

  @Test
  void nbdkitInFrontOfOursReadsAndWrites() throws Exception {
    Path raw = box.file("raw");
    SampleDisk.make(raw, 80 << 20);
    Server server = box.serve("memory", "80M");
    throughNbdkit(server, "nbdcopy " + raw + " $uri");
    throughNbdkit(server, "nbdcopy $uri " + box.file("copy"));
    SampleDisk.assertSame(box.file("copy"), raw);
    server.stop();
  }

  private void throughNbdkit(Server server, String command) throws IOException {
    box.run(Client.NBDKIT, "-U", "-", "nbd", "uri=" + server.uri(), "--run", command).succeeded();
  }
}
