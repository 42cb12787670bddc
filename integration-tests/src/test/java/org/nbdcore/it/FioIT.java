package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * fio on four connections for a few seconds: it writes each block, reads it back and verifies it.
 */
@Tag("heavy")
class FioIT {

  private static final int SECONDS = 3; // the soak of -Pcampaign is the long run

  @RegisterExtension final Sandbox box = new Sandbox();

  @Test
  void memoryKeepsWhatFioWrites() throws Exception {
    runOn(box.serve("memory", "256M"));
  }

  @Test
  void fileKeepsWhatFioWrites() throws Exception {
    String disk = box.file("disk").toString();
    box.run(Client.QEMU_IMG, "create", "-f", "raw", disk, "256M").succeeded();
    runOn(box.serve("file", disk));
  }

  private void runOn(Server server) throws Exception {
    ProcessBuilder fio =
        box.builder(
            Client.FIO.with(
                Fio.fourJobs(
                    server.uri(), "--randrepeat=1", "--time_based", "--runtime=" + SECONDS)));
    Ran ran = box.run(fio, Programs.TIMEOUT.plus(Duration.ofSeconds(SECONDS))).succeeded();
    assertThat(ran.out()).contains("err= 0").doesNotContain("err=84");
    assertThat(server.stop().err()).isEmpty();
  }
}
