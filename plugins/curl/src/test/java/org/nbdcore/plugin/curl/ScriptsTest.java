package org.nbdcore.plugin.curl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Headers and cookies that a script prints. */
@Timeout(60)
final class ScriptsTest {

  @TempDir private Path folder;
  @AutoClose private WebServer server;

  @BeforeEach
  void serve() throws IOException {
    server = new WebServer();
  }

  @Test
  void headersOfAScriptAreSentAndItRunsOnce() throws Exception {
    Path runs = folder.resolve("runs");
    String script =
        "echo run >>" + runs + "; echo \"X-Token: $iteration\"; echo; echo \"X-Url: $url\"";
    try (StartedDisk disk = new StartedDisk("url=" + server.url(), "header-script=" + script)) {
      disk.read(0, 1);
      disk.read(0, 1);
    }
    assertThat(server.seen)
        .hasSize(4)
        .allMatch(seen -> "0".equals(seen.header("X-Token")))
        .allMatch(seen -> server.url().equals(seen.header("X-Url")));
    assertThat(runs).hasContent("run");
  }

  @Test
  void scriptRunsAgainAfterTheRenewTime() throws Exception {
    try (StartedDisk disk =
        new StartedDisk(
            "url=" + server.url(),
            "cookie-script=echo n=$iteration; echo never",
            "cookie-script-renew=1ns")) {
      disk.read(0, 1);
    }
    assertThat(server.seen).extracting(seen -> seen.header("Cookie")).containsExactly("n=0", "n=1");
  }

  @Test
  void failingScriptIsReported() throws Exception {
    try (StartedDisk disk =
        new StartedDisk("url=" + server.url(), "cookie-script=echo x=y; exit 3")) {
      assertThatThrownBy(disk::device).hasMessage("cookie-script failed with exit status 3");
    }
    try (StartedDisk disk = new StartedDisk("url=" + server.url(), "header-script=echo nonsense")) {
      assertThatThrownBy(disk::device).hasMessageStartingWith("header-script must be");
    }
    assertThat(server.seen).isEmpty();
  }

  @Test
  void failedScriptRunsAgainForTheNextRequest() throws Exception {
    Path ready = folder.resolve("ready");
    try (StartedDisk disk =
        new StartedDisk("url=" + server.url(), "cookie-script=test -e " + ready + " && echo x=y")) {
      assertThatThrownBy(disk::device).hasMessageContaining("exit status 1");
      Files.createFile(ready);
      disk.read(0, 1);
    }
    assertThat(server.last().header("Cookie")).isEqualTo("x=y");
  }
}
