package org.nbdcore.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.fixture.RamPluginProvider;
import org.nbdcore.fixture.ShadeFilterProvider;

/** The whole program in this process. */
class CliTest {

  @TempDir Path folder;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final String realTemp = System.getProperty("java.io.tmpdir");

  @BeforeEach
  void lookAtWhatIsLeftBehind() throws IOException {
    RamPluginProvider.takeEvents();
    // Short, as the path of a Unix socket has to be.
    System.setProperty("java.io.tmpdir", Files.createDirectory(folder.resolve("t")).toString());
  }

  @AfterEach
  void nothingIsLeftBehind() throws IOException {
    System.setProperty("java.io.tmpdir", realTemp);
    try (var left = Files.list(folder.resolve("t"))) {
      assertThat(left).isEmpty();
    }
  }

  private int run(String... arguments) {
    return run(Map.of(), arguments);
  }

  private int run(Map<String, String> environment, String... arguments) {
    out.reset();
    err.reset();
    return new Cli(
            "nbd-core",
            Optional.empty(),
            environment,
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8))
        .run(List.of(arguments));
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private void assertRefused(String message, String... arguments) {
    assertThat(run(arguments)).as(String.join(" ", arguments)).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo("nbd-core: error: " + message + "\n");
    assertThat(out()).isEmpty();
  }

  @Test
  void badInputIsOneLineAndStatusOne() {
    assertRefused("which plugin? Its name is missing; see --help");
    assertRefused("there is no plugin 'rma'; did you mean ram?", "rma", "1M");
    assertRefused("there is no plugin 'shade', but a filter: --filter=shade", "shade");
    assertRefused("there is no plugin 'xyzzy'; see --list", "xyzzy");
    assertRefused(
        "there is no filter 'ram', but a plugin: name it without --filter", "ram", "--filter=ram");
    assertRefused("there is no filter 'shdae'; did you mean shade?", "ram", "--filter=shdae");
    assertRefused("unknown key 'siez' for ram; did you mean size?", "ram", "siez=1");
    assertRefused("'1M' and '2M' are given as size, of which ram takes one", "ram", "1M", "2M");
    assertRefused("--port must be from 0 to 65535, not 65536", "ram", "-fp65536", "1M");
    assertRefused("--threads must be from 1 to 4096, not 0", "ram", "-ft0", "1M");
    assertRefused(
        "only the launcher bin/nbd-core can go to the background; add --foreground", "ram", "1M");
  }

  @Test
  void anUnknownPluginOrFilterSaysWhichFoldersWereSearched() throws IOException {
    Path one = Files.createDirectory(folder.resolve("one"));
    Path two = Files.createDirectory(folder.resolve("two"));
    String searched = " (searched: nbd-core, " + one + ", " + two + ")";
    Map<String, String> environment = Map.of("NBD_CORE_PLUGIN_PATH", two.toString());
    assertThat(run(environment, "--plugin-path=" + one, "rma")).isEqualTo(1);
    assertThat(err())
        .isEqualTo(
            "nbd-core: error: there is no plugin 'rma'; did you mean ram?" + searched + "\n");
    assertThat(run(environment, "--plugin-path", one.toString(), "ram", "--filter=xyzzy"))
        .isEqualTo(1);
    assertThat(err())
        .isEqualTo("nbd-core: error: there is no filter 'xyzzy'; see --list" + searched + "\n");
  }

  @Test
  void aJarThatCannotBeUsedIsNamedWithTheReason() throws IOException {
    assertRefused(
        "cannot use 'missing.jar': missing.jar: no such file or directory", "missing.jar", "1M");
    assertRefused(
        "cannot use './missing.jar': ./missing.jar: no such file or directory",
        "ram",
        "1M",
        "--filter=./missing.jar");
    Path text = Files.writeString(folder.resolve("text.jar"), "this is no jar");
    assertThat(run(text.toString(), "1M")).isEqualTo(1);
    assertThat(err()).startsWith("nbd-core: error: cannot use '" + text + "': ");
  }

  @Test
  void theListHasALineForEachPluginAndFilterWithVersionAndJar() throws IOException {
    assertThat(run("--list", "--plugin-path=" + folder)).isZero();
    assertThat(out().lines())
        .anyMatch(line -> line.matches(" +ram +\\S+ +/\\S+ +a small disk in memory"))
        .anyMatch(line -> line.matches(" +shade +\\S+ +/\\S+ +changes nothing"))
        .contains("Plugins:", "Filters:", "Folders of third-party jars: " + folder);
    assertThat(err()).isEmpty();
  }

  @Test
  void optionsThatExcludeEachOtherAreRefusedTogether() throws IOException {
    Path keys = Files.writeString(folder.resolve("keys.psk"), "alice:" + "1f".repeat(32) + "\n");
    assertRefused(
        "--oldstyle and --tls=require exclude each other: the oldstyle protocol has no TLS",
        "-of",
        "-U-",
        "--tls=require",
        "--tls-psk=" + keys,
        "ram",
        "1M");
    assertRefused(
        "--oldstyle and --extended-headers exclude each other: the oldstyle protocol has no options"
            + " to ask for them",
        "-of",
        "-U-",
        "--extended-headers",
        "ram",
        "1M");
    assertRefused(
        "--no-sr and --extended-headers exclude each other: their replies are structured",
        "-f",
        "-U-",
        "--no-sr",
        "--extended-headers",
        "ram",
        "1M");
    assertRefused(
        "--extended-headers and --no-eh exclude each other",
        "-f",
        "-U-",
        "--no-eh",
        "--extended-headers",
        "ram",
        "1M");
  }

  @Test
  void aMissingParameterIsNamed() {
    assertRefused("ram: missing: size=SIZE", "-f", "-U-", "ram");
  }

  @Test
  void aWrongValueNamesThePluginTheKeyAndTheValue() {
    assertRefused(
        "ram: size must be a size (a number and, if you like, one of b k M G T P E s), not '1Q'",
        "-f",
        "-U-",
        "ram",
        "1Q");
  }

  @Test
  void aSecretIsNotShownWhereItsKeyIsMistyped() {
    assertRefused(
        "unknown key 'pasword' for ram; did you mean password?", "-f", "ram", "1", "pasword=hush");
  }

  @Test
  void aPluginThatRefusesToStartIsClosed() {
    assertRefused(
        "ram: cannot start: no start, as asked for", "-f", "-U-", "ram", "1M", "fail=start");
    assertThat(RamPluginProvider.takeEvents()).containsExactly("created", "closed");
  }

  @Test
  void aPluginWithABugIsNamedWithoutATrace() {
    assertRefused(
        "ram: IllegalStateException: a bug, as asked for", "-f", "-U-", "ram", "1M", "fail=bug");
  }

  @Test
  void anAddressThatCannotBeBoundIsNamed() {
    assertRefused(
        "cannot listen on " + folder.resolve("no/s") + ": No such file or directory",
        "-f",
        "-U",
        folder.resolve("no/s").toString(),
        "ram",
        "1M");
    assertThat(RamPluginProvider.takeEvents()).containsExactly("created", "started", "closed");
  }

  @Test
  void anUnknownDebugFlagIsAWarning() {
    assertThat(run("ram", "1M", "-D", "ram.x=1", "--run", "true")).isZero();
    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo("nbd-core: warning: the debug flag ram.x is unknown, so unused\n");
  }

  @Test
  void aDebugFlagOfAnotherFormIsAnError() {
    for (String odd : List.of("foo", "foo=1", "foo.bar", "foo.bar=", "foo.bar=x", ".bar=1")) {
      assertRefused(
          "-D must be NAME.FLAG=N, not '" + odd + "'", "ram", "1M", "-D", odd, "--run", "true");
    }
  }

  @Test
  void controlCharactersInAMessageAreEscaped() {
    assertRefused("there is no plugin 'a\\rb\\n\\x1bc'; see --list", "a\rb\n\u001bc");
  }

  @Test
  void aFlagOfTheServerThatNobodyKnowsIsAWarning() {
    assertThat(
            run("ram", "1M", "-D", "nbdkit.x=1", "-D", "nbdkit.backend.datapath=0", "--run", ":"))
        .isZero();
    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo("nbd-core: warning: the debug flag nbdkit.x is unknown, so unused\n");
  }

  @Test
  void aNameStandsInMessages() {
    assertThat(run("--name", "in0", "nosuch")).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .startsWith("nbd-core[in0]: error: there is no");
    assertThat(run("--name=in0", "-D", "ram.odd=1", "ram", "1M", "--run", ":")).isZero();
    assertThat(err.toString(StandardCharsets.UTF_8)).startsWith("nbd-core[in0]: warning: the");
    assertRefused(
        "--name must be one line of text, without control characters", "--name=a\nb", "ram", "1M");
  }

  @Test
  void whatExcludesOneAnotherIsNamed() {
    String together = " cannot be used together";
    assertRefused("--single and --unix" + together, "-s", "-U", "x", "ram", "1M");
    assertRefused("--single and --port" + together, "-s", "-p", "1", "ram", "1M");
    assertRefused("--single and --run" + together, "-s", "--run", "x", "ram", "1M");
    assertRefused("--dump-plugin and --single" + together, "-s", "--dump-plugin", "ram");
    assertRefused("--vsock and --unix" + together, "-f", "--vsock", "-U", "x", "ram", "1M");
    assertRefused(
        "--port must be from 0 to 4294967295, not 4294967296",
        "-f",
        "--vsock",
        "-p4294967296",
        "ram",
        "1M");
  }

  @Test
  void aLabelIsRefusedWithoutSelinux() {
    assumeFalse(Files.exists(Path.of("/sys/fs/selinux/enforce")));
    assertRefused(
        "--selinux-label: SELinux is not in use on this machine; leave the option out",
        "-fU-",
        "--selinux-label=a:b:c:s0",
        "ram",
        "1M");
  }

  @Test
  void usersAndGroupsThatAreNotThereAreNamed() {
    assertRefused("--user: there is no user 'no such'", "-f", "-U-", "-u", "no such", "ram", "1M");
    assertRefused("--group: there is no group 'no such'", "-fU-", "-g", "no such", "ram", "1M");
    assertRefused(
        "--user must be from 0 to 4294967294, not 4294967295", "-fu4294967295", "ram", "1");
    assertRefused(
        "--group must be from 0 to 4294967294, not 4294967295", "-fg4294967295", "ram", "1");
  }

  @Test
  void aLogThatCannotBeWrittenIsNamedWithItsOption() {
    String file = folder.resolve("no/log").toString();
    assertRefused(
        "--log: cannot write to " + file + ": no such file or directory",
        "-f",
        "--log=" + file,
        "ram",
        "1M");
  }

  @Test
  void messagesThatTheLogIsForGoToItsFile() throws IOException {
    Path log = folder.resolve("log");
    Files.writeString(log, "before\n");
    assertThat(run("ram", "1M", "--log=" + log, "--tls=on", "--run", "true")).isZero();
    assertThat(Files.readString(log))
        .isEqualTo(
            "before\n"
                + "nbd-core: warning: --tls=on, but there are no certificates: TLS is turned"
                + " off, and clients are served in clear (--tls=require refuses to start"
                + " without)\n");
  }

  @Test
  void tlsTakesTheWordsOfASwitchInAnyCase() throws IOException {
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

  /** libnbd's build looks whether nbdkit has the option in this way. */
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
  void theCommandIsToldHowToEncrypt() throws IOException {
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
  void runOnAPortLeavesTheSocketOut() throws IOException {
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
  void aKilledCommandIsTold() {
    assertThat(run("ram", "1M", "--run", "kill -9 $$")).isEqualTo(128 + 9);
  }

  @Test
  void thePidFileIsThereWhileTheServerRuns() throws IOException {
    Path pidFile = folder.resolve("pid");
    Path copy = folder.resolve("copy");
    Files.writeString(pidFile, "old");
    String quoted = RunCommand.quote(pidFile.toString());
    run("ram", "1M", "-P", pidFile.toString(), "--run", "cp " + quoted + " " + copy);
    assertThat(Files.readString(copy)).isEqualTo(ProcessHandle.current().pid() + "\n");
    assertThat(pidFile).doesNotExist();
  }

  @Test
  void settingsComeFromTheEnvironmentToo() throws IOException {
    Path pidFile = folder.resolve("pid");
    Map<String, String> environment = Map.of("NBD_CORE_PIDFILE", pidFile.toString());
    assertThat(run(environment, "ram", "1M", "--run", "test -s " + pidFile)).isZero();
    assertThat(run("ram", "1M", "--run", "test -s " + pidFile)).isEqualTo(1);
  }

  @Test
  void versionsAreShown() {
    assertThat(run("--version")).isZero();
    assertThat(out()).isEqualTo("nbd-core 0.0.0\n");
    assertThat(run("ram", "--version", "--filter=shade")).isZero();
    String version = ShadeFilterProvider.class.getPackage().getImplementationVersion();
    String told = version == null ? "unknown" : version; // classes in a folder have none
    assertThat(out()).isEqualTo("nbd-core 0.0.0\nshade " + told + "\nram " + told + "\n");
  }

  @Test
  void helpNamesEveryOptionAndPluginAndFilter() {
    assertThat(run("--help")).isZero();
    for (Option option : Option.values()) {
      assertThat(out()).contains(option.toString());
    }
    assertThat(out()).contains("a small disk in memory").contains("changes nothing");
  }

  @Test
  void helpOfAPluginNamesItsKeysAndThoseOfTheFilters() {
    for (List<String> arguments :
        List.of(List.of("ram", "--help"), List.of("--help", "ram", "--filter=shade"))) {
      assertThat(run(arguments.toArray(String[]::new))).isZero();
      assertThat(out()).contains("[size=]SIZE", "password=", "-D ram.chatty=N", "Its size.");
    }
    assertThat(out()).contains("depth=N");
  }

  @Test
  void dumpPluginNeedsNoParameters() {
    assertThat(run("ram", "--dump-plugin", "--filter=shade")).isZero();
    assertThat(out().lines())
        .contains("name=ram", "magic_config_key=size", "ram_kind=heap", "shade_name=shade");
    assertThat(out().lines()).contains("thread_model=parallel");
    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo("nbd-core: error: ram: nothing is wrong\n");
    run("ram", "1M", "--dump-plugin");
    assertThat(out().lines()).contains("thread_model=parallel");
  }

  @Test
  void dumpPluginTellsTheThreadModelOfTheWholeChain() {
    run("ram", "--dump-plugin", "--filter=shade", "depth=1");
    assertThat(out().lines())
        .contains("max_thread_model=parallel", "thread_model=serialize_requests");
    assertThat(run("ram", "--dump-plugin", "--filter=shade", "depth=deep")).isEqualTo(1);
  }

  @Test
  void dumpConfigTellsTheVersion() {
    assertThat(run("--dump-config")).isZero();
    assertThat(out().lines())
        .contains("name=nbd-core", "version=0.0.0", "version_major=0", "version_minor=0")
        .contains("nbd_core_version=0.0.0", "tls=yes", "run_default_socket=Unix")
        .contains("extended_headers=yes");
    run("--dump-config", "--no-eh");
    assertThat(out().lines()).contains("extended_headers=no");
  }
}
