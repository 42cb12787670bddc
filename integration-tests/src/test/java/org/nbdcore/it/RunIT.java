package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code --run}: a server for as long as a command runs. */
class RunIT {

  @RegisterExtension final Sandbox box = new Sandbox();

  @Test
  void theExitStatusIsThatOfTheCommand() {
    assertThat(box.nbdCore("memory", "1M", "--run", "exit 0").status()).isZero();
    assertThat(box.nbdCore("memory", "1M", "--run", "exit 7").status()).isEqualTo(7);
    assertThat(box.nbdCore("memory", "1M", "--run", "kill -9 $$").status()).isEqualTo(137);
  }

  @Test
  void theCommandGetsTheAddressInVariables() {
    Ran ran =
        box.nbdCore(
            "memory",
            "1M",
            "-e",
            "a name",
            "--run",
            "test -S \"$unixsocket\" && printf '%s\\n' \"$uri\" \"$nbd\" \"<$port>\" \"$exportname\""
                + " \"$unixsocket\"");
    List<String> lines = ran.succeeded().out().lines().toList();
    String socket = lines.get(4);
    assertThat(lines.get(0)).isEqualTo("nbd+unix:///a%20name?socket=" + socket);
    assertThat(lines.get(1)).isEqualTo(lines.get(0));
    assertThat(lines.get(2)).isEqualTo("<>");
    assertThat(lines.get(3)).isEqualTo("a name");
  }

  @Test
  void theSocketIsRemovedAfterwards() throws IOException {
    Ran ran = box.nbdCore("memory", "1M", "--run", "printf %s \"$unixsocket\"").succeeded();
    assertThat(Path.of(ran.out())).doesNotExist();
    box.assertNothingIsLeft();
  }

  /** The README's first command, as it is written there, but with the distribution's bin/. */
  @Test
  void theCommandOfTheReadmeShowsTheExampleDisk() throws IOException {
    String command =
        Files.readString(Distribution.repository("README.md"))
            .lines()
            .map(String::strip)
            .filter(line -> line.startsWith("bin/nbd-core vddk"))
            .findFirst()
            .orElseThrow();
    Files.createSymbolicLink(box.file("bin"), Distribution.built().home().resolve("bin"));
    Files.createSymbolicLink(box.file("examples"), Distribution.repository("examples"));
    Ran ran = box.run(box.ours(List.of("/bin/sh", "-c", command)), Programs.TIMEOUT).succeeded();
    assertThat(ran.out()).contains("8388608");
    assertThat(ran.err().lines()).as("says that there is no VDDK").hasSize(1);
  }
}
