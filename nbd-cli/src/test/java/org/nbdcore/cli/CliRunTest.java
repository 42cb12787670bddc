package org.nbdcore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nbdcore.fixture.RamPluginProvider;

/** Servers that run for a command: its variables, the log, the process ID file and TLS. */
final class CliRunTest extends CliTestCase {

  @Test
  void warningsAreAppendedToTheLogFile() throws IOException {
    Path log = folder.resolve("log");
    Files.writeString(log, "before\n");
    assertThat(run("ram", "1M", "--log=" + log, "--tls=on", "--run", "true")).isZero();
    assertThat(Files.readString(log))
        .isEqualTo(
            "before\n"
                + "nbd-core: warning: --tls=on, but there are no certificates: TLS is off, and"
                + " clients are served without encryption (--tls=require refuses to start)\n");
  }

  @Test
  void everyMessageIsAJsonObjectWithLogFormatJson() throws IOException {
    Path log = folder.resolve("log");
    assertThat(run("ram", "1M", "--log=" + log, "--tls=on", "--log-format=json", "--run", "true"))
        .isZero();
    assertThat(message(Files.readString(log))).startsWith("--tls=on, but there are no");
    assertThat(run("--log-format=json", "ram", "1M", "size=2", "sice=1", "--run", "true")).isOne();
    assertThat(message(err())).contains("sice");
    assertThat(run(Map.of("NBD_CORE_LOG_FORMAT", "json"), "rom", "--run", "true")).isOne();
    assertThat(message(err())).contains("rom");
    assertRefused("--log-format must be text or json, not 'xml'", "-f", "--log-format=xml", "ram");
  }

  private static String message(String line) {
    return JsonParser.parseString(line).getAsJsonObject().get("message").getAsString();
  }

  @Test
  void aProgressIntervalOfZeroIsRefused() {
    assertRefused(
        "--progress must be at least 1 second, not 0", "-fU-", "--progress=0", "ram", "1M");
  }

  @Test
  void tlsAcceptsTheWordsOfASwitchInAnyCase() throws IOException {
    Path keys = Files.writeString(folder.resolve("keys.psk"), "alice:" + "1f".repeat(32) + "\n");
    Path seen = folder.resolve("seen");
    String print = "printf '%s' \"${tls-unset}\" >" + RunCommand.quote(seen.toString());
    Map<String, String> levels =
        Map.of(
            "yes", "1", "TRUE", "1", "1", "1", "On", "1", "no", "unset", "False", "unset", "0",
            "unset", "OFF", "unset", "Require", "2");
    for (Map.Entry<String, String> level : levels.entrySet()) {
      String option = "--tls=" + level.getKey();
      assertThat(run("ram", "1M", option, "--tls-psk=" + keys, "--run", print)).isZero();
      assertThat(Files.readString(seen)).as(option).isEqualTo(level.getValue());
    }
    assertRefused(
        "--tls must be off, on or require, not 'maybe'", "-fU-", "--tls=maybe", "ram", "1");
  }

  /** The build of libnbd checks in this way whether nbdkit has the option. */
  @Test
  void verifyingPeersWithoutCertificatesIsAWarning() throws IOException {
    Path log = folder.resolve("log");
    assertThat(run("ram", "1M", "--log=" + log, "--tls-verify-peer", "--run", "true")).isZero();
    assertThat(Files.readString(log))
        .startsWith("nbd-core: warning: --tls-verify-peer, but there are no certificates");
    assertRefused(
        "--tls=require needs certificates: name their directory with --tls-certificates=DIR, or"
            + " use --tls-psk=FILE",
        "-fU-",
        "--tls=require",
        "--tls-verify-peer",
        "ram",
        "1M");
  }

  @Test
  void theUriIsPrintedAsNbdkitDoes() {
    assertThat(run("ram", "1M", "-U-", "--print-uri", "--run", "true")).isZero();
    assertThat(out())
        .matches(
            "(nbd\\+unix://\\?socket=/.*)\nShell-quoted URI: \"\\1\"\n"
                + "Command to query the NBD endpoint:\n  nbdinfo \"\\1\"\n");
  }

  @Test
  void theCommandGetsTheVariablesForTls() throws IOException {
    Path keys = folder.resolve("keys");
    Path seen = folder.resolve("seen");
    String print =
        "printf '%s|' \"$uri\" \"${tls-unset}\" \"$tls_psk\" \"$tls_certificates\" >"
            + RunCommand.quote(seen.toString());
    Files.writeString(keys, "alice:0123456789abcdef0123456789abcdef\n");
    assertThat(run("ram", "1M", "--tls=require", "--tls-psk=" + keys, "--run", print)).isZero();
    assertThat(Files.readString(seen))
        .matches("nbds\\+unix://alice@\\?socket=[^|]*&tls-psk-file=(/[^|]*)\\|2\\|\\1\\|\\|");
    assertThat(run("ram", "1M", "--tls-psk=" + keys, "--run", print)).isZero();
    assertThat(Files.readString(seen)).matches("nbd\\+unix://\\?socket=[^|&]*\\|1\\|.*");
    assertThat(run("ram", "1M", "--tls=off", "--run", print)).isZero();
    assertThat(Files.readString(seen)).matches("nbd\\+unix://\\?socket=[^|&]*\\|unset\\|\\|\\|");
  }

  @Test
  void runGivesTheCommandItsVariablesAndEndsWithItsStatus() throws IOException {
    Path seen = folder.resolve("seen");
    int status =
        run(
            "ram",
            "1M",
            "-e",
            "it's",
            "--run",
            "test -S \"$unixsocket\" && printf '%s|' \"$uri\" \"$nbd\" \"$port\" \"$exportname\" >"
                + RunCommand.quote(seen.toString())
                + "; exit 7");
    assertThat(status).isEqualTo(7);
    assertThat(Files.readString(seen))
        .matches("(nbd\\+unix:///it%27s\\?socket=/[^|]*)\\|\\1\\|\\|it's\\|");
    assertThat(RamPluginProvider.takeEvents()).containsExactly("created", "started", "closed");
  }

  @Test
  void runOnATcpPortLeavesTheVariableUnixsocketEmpty() throws IOException {
    Path seen = folder.resolve("seen");
    String print = "printf '%s|' \"$uri\" \"$nbd\" \"$port\" \"$unixsocket\" >";
    assertThat(
            run(
                "ram",
                "1M",
                "-p0",
                "-i",
                "127.0.0.1",
                "--run",
                print + RunCommand.quote(seen + "")))
        .isZero();
    assertThat(Files.readString(seen)).matches("(nbd://localhost:(\\d+))\\|\\1\\|\\2\\|\\|");
  }

  @Test
  void theStatusOfAKilledCommandIs128AndItsSignal() {
    assertThat(run("ram", "1M", "--run", "kill -9 $$")).isEqualTo(128 + 9);
  }

  @Test
  void thePidFileExistsWhileTheServerRuns() throws IOException {
    Path pidFile = folder.resolve("pid");
    Path copy = folder.resolve("copy");
    Files.writeString(pidFile, "old");
    String quoted = RunCommand.quote(pidFile.toString());
    run("ram", "1M", "-P", pidFile.toString(), "--run", "cp " + quoted + " " + copy);
    assertThat(Files.readString(copy)).isEqualTo(ProcessHandle.current().pid() + "\n");
    assertThat(pidFile).doesNotExist();
  }

  @Test
  void asNbdkitTheProgramDoesNotRemoveItsPidFile() {
    Path pidFile = folder.resolve("pid");
    assertThat(runAs("nbdkit", Map.of(), "ram", "1M", "-P", pidFile.toString(), "--run", "true"))
        .isZero();
    assertThat(pidFile).hasContent(ProcessHandle.current().pid() + "\n");
  }

  @Test
  void settingsComeFromTheEnvironmentToo() throws IOException {
    Path pidFile = folder.resolve("pid");
    Map<String, String> environment = Map.of("NBD_CORE_PIDFILE", pidFile.toString());
    assertThat(run(environment, "ram", "1M", "--run", "test -s " + pidFile)).isZero();
    assertThat(run("ram", "1M", "--run", "test -s " + pidFile)).isEqualTo(1);
  }
}
