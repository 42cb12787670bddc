package org.nbdcore.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nbdcore.fixture.RamPluginProvider;

/** What the program refuses and warns of, run in this process. */
final class CliTest extends CliTestCase {

  @Test
  void badInputIsReportedInOneLineWithStatusOne() {
    assertRefused("which plugin? Its name is missing; see --help");
    assertRefused("there is no plugin 'rma'; did you mean ram?", "rma", "1M");
    assertRefused(
        "there is no plugin 'shade', but a filter of this name: use --filter=shade", "shade");
    assertRefused("there is no plugin 'xyzzy'; see --list", "xyzzy");
    assertRefused(
        "there is no filter 'ram', but a plugin of this name: omit --filter=",
        "ram",
        "--filter=ram");
    assertRefused("there is no filter 'shdae'; did you mean shade?", "ram", "--filter=shdae");
    assertRefused("unknown key 'siez' for ram; did you mean size?", "ram", "siez=1");
    assertRefused("'1M' and '2M' are given as size; ram takes only one", "ram", "1M", "2M");
    assertRefused("--port must be from 0 to 65535, not 65536", "ram", "-fp65536", "1M");
    assertRefused("--threads must be from 1 to 4096, not 0", "ram", "-ft0", "1M");
    assertRefused(
        "only the launcher bin/nbd-core can go to the background; add --foreground", "ram", "1M");
  }

  /** As in nbdkit, the option takes the next word, so the plugin is the word after it. */
  @Test
  void anOptionThatTookTheNameOfThePluginIsNamed() {
    String unix = "took 'ram' as its value: %1$s SOCKET, or %1$s - for a private socket";
    assertRefused(
        "there is no plugin '1M'; -U " + String.format(unix, "-U"), "-f", "-U", "ram", "1M");
    assertRefused(
        "there is no plugin '1M'; --unix " + String.format(unix, "--unix"), "--unix", "ram", "1M");
    assertRefused(
        "there is no plugin 'size=1M'; -P took 'ram' as its value: -P FILE",
        "-fP",
        "ram",
        "size=1M");
    assertRefused(
        "there is no plugin 'size=1M'; --filter took './a.jar' as its value: --filter FILTER",
        "--filter",
        "./a.jar",
        "size=1M");
    assertRefused(
        "which plugin? Its name is missing; -U " + String.format(unix, "-U"), "-f", "-U", "ram");
    assertRefused("there is no plugin 'rma'; did you mean ram?", "-e", "ram", "rma", "1M");
    assertRefused("there is no plugin '1M'; see --list", "-f", "--unix=ram", "1M");
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
    assertThat(run(environment, "--plugin-path=" + one, "-e", "ram", "xyzzy")).isEqualTo(1);
    assertThat(err())
        .isEqualTo(
            "nbd-core: error: there is no plugin 'xyzzy'; -e took 'ram' as its value: -e NAME"
                + searched
                + "\n");
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
    assertThat(err()).startsWith("nbd-core: error: cannot use '" + text + "': it is not a jar: ");
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
        "ram: size must be a size (a number, optionally with a unit b k M G T P E s), not '1Q'",
        "-f",
        "-U-",
        "ram",
        "1Q");
  }

  @Test
  void aSecretIsNotShownIfItsKeyIsMistyped() {
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
  void aPluginThatThrowsIsNamedWithoutAStackTrace() {
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
    assertThat(err()).isEqualTo("nbd-core: warning: the debug flag ram.x is unknown, so unused\n");
  }

  @Test
  void aMalformedDebugFlagIsAnError() {
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
  void anUnknownDebugFlagOfTheServerIsAWarning() {
    assertThat(
            run("ram", "1M", "-D", "nbdkit.x=1", "-D", "nbdkit.backend.datapath=0", "--run", ":"))
        .isZero();
    assertThat(err())
        .isEqualTo("nbd-core: warning: the debug flag nbdkit.x is unknown, so unused\n");
  }

  @Test
  void messagesContainTheNameOfTheServer() {
    assertThat(run("--name", "in0", "nosuch")).isEqualTo(1);
    assertThat(err()).startsWith("nbd-core[in0]: error: there is no");
    assertThat(run("--name=in0", "-D", "ram.odd=1", "ram", "1M", "--run", ":")).isZero();
    assertThat(err()).startsWith("nbd-core[in0]: warning: the");
    assertRefused(
        "--name must be one line of text, without control characters", "--name=a\nb", "ram", "1M");
  }

  @Test
  void optionsThatCannotBeUsedTogetherAreNamed() {
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
  void anSelinuxLabelIsRefusedWithoutSelinux() {
    assumeFalse(Files.exists(Path.of("/sys/fs/selinux/enforce")));
    assertRefused(
        "--selinux-label: SELinux is not in use on this machine; leave the option out",
        "-fU-",
        "--selinux-label=a:b:c:s0",
        "ram",
        "1M");
  }

  @Test
  void unknownUsersAndGroupsAreNamed() {
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
}
