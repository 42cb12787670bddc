package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Without {@code -f} the server goes to the background once it listens. */
class BackgroundIT {

  @RegisterExtension final Sandbox box = new Sandbox();

  @Test
  void theLauncherReturnsWhenTheServerListensAndSigtermStopsIt() throws Exception {
    Path socket = box.runtime("socket");
    Path pidFile = box.runtime("pid");
    Ran ran = box.nbdCore("memory", "1M", "-U", socket.toString(), "-P", pidFile.toString());
    ran.succeeded();
    assertThat(ran.out() + ran.err()).isEmpty();

    box.run(Client.NBDINFO, "--size", "nbd+unix:///?socket=" + socket).succeeded();
    ProcessHandle server = server(pidFile);
    assertThat(box.processes()).as("of all that was started").containsExactly(server);
    assertThat(server.info().command().orElseThrow()).endsWith("/java");

    server.destroy();
    server.onExit().get(Programs.TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    assertThat(socket).doesNotExist();
    assertThat(pidFile).doesNotExist();
  }

  @Test
  void theLauncherReportsAFailureToStart() throws Exception {
    Path pidFile = box.runtime("pid");
    Ran ran =
        box.nbdCore(
            "file",
            box.file("missing").toString(),
            "-U",
            box.runtime("socket").toString(),
            "-P",
            pidFile.toString());
    assertThat(ran.status()).isEqualTo(1);
    assertThat(ran.err().lines()).hasSize(1);
    box.assertNothingIsLeft();
  }

  @Test
  void exitWithParentEndsTheServerWhenTheParentEnds() throws Exception {
    Path pidFile = box.runtime("pid");
    String command =
        "\"%s\" --exit-with-parent memory 1M -U \"%s\" -P \"%s\" & cat"
            .formatted(Distribution.built().command("nbd-core"), box.runtime("socket"), pidFile);
    Process parent =
        box.ours(List.of("/bin/sh", "-c", command))
            .redirectInput(ProcessBuilder.Redirect.PIPE)
            .start();
    await().atMost(Programs.TIMEOUT).until(() -> Files.exists(pidFile));
    ProcessHandle server = server(pidFile);
    assertThat(server.isAlive()).isTrue();

    parent.getOutputStream().close(); // the end of cat, and of its shell
    server.onExit().get(Programs.TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    box.assertNothingIsLeft();
  }

  @Test
  void exitWithParentEndsTheServerWhenTheParentIsKilled() throws Exception {
    Path pidFile = box.runtime("pid");
    String command =
        "\"%s\" --exit-with-parent memory 1M -U \"%s\" -P \"%s\" & wait"
            .formatted(Distribution.built().command("nbd-core"), box.runtime("socket"), pidFile);
    Process parent = box.ours(List.of("/bin/sh", "-c", command)).start();
    await().atMost(Programs.TIMEOUT).until(() -> Files.exists(pidFile));
    ProcessHandle server = server(pidFile);
    parent.destroyForcibly(); // SIGKILL, which the parent cannot handle
    server.onExit().get(Programs.TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    box.assertNothingIsLeft();
  }

  private static ProcessHandle server(Path pidFile) throws Exception {
    long pid = Long.parseLong(Files.readString(pidFile).strip());
    return ProcessHandle.of(pid).orElseThrow();
  }
}
