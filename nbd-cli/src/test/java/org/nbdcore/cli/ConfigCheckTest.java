package org.nbdcore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nbdcore.fixture.RamPluginProvider;

/** {@code --check}, and what the program reports about a configuration file before it serves. */
final class ConfigCheckTest extends CliTestCase {

  private String file(String... lines) throws IOException {
    Path file = Files.write(folder.resolve("c"), List.of(lines));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    return file.toString();
  }

  private List<String> errors() {
    String prefix = "nbd-core: error: " + folder.resolve("c");
    return err().lines().map(line -> line.replace(prefix, "")).toList();
  }

  @Test
  void aGoodFileIsSummarizedAndNothingIsStarted() throws IOException {
    String file =
        file(
            "port = 0",
            "[export a]",
            "description = the first",
            "plugin = ram",
            "filter = shade",
            "filter = shade",
            "size = 1M",
            "password = hush",
            "readonly = yes",
            "[export]",
            "plugin = ram",
            "ram.size = 2M",
            "start = on-demand");
    assertThat(run("--config=" + file, "--check")).isZero();
    assertThat(out())
        .isEqualTo(
            file
                + ": no errors; 2 exports\n"
                + "  a: shade > shade > ram, read-only\n"
                + "  (the export without a name): ram, on demand\n");
    assertThat(err()).isEmpty();
    assertThat(RamPluginProvider.takeEvents())
        .containsExactly("created", "created", "closed", "closed");
    assertThat(run(Map.of("NBD_CORE_CONFIG", file("port = 1")), "--check")).isZero();
    assertThat(out()).isEqualTo(file + ": no errors; settings of the server only\n");
  }

  @Test
  void everyErrorIsReportedWithItsLine() throws IOException {
    String file =
        file(
            "prot = 10809",
            "start-timeout = soon",
            "",
            "[export a]",
            "descripton = x",
            "plugin = rma",
            "filter = shaed",
            "[export b]",
            "plugin = ram",
            "size = 1Q",
            "size = 2M",
            "redonly = yes",
            "zzz = 1",
            "start = never",
            "max-in-flight = 0",
            "description = 1",
            "description = 2",
            "password = -",
            "[export c]",
            "[export d]",
            "plugin = ram",
            "[export e]",
            "plugin = ram",
            "size = 1M",
            "fail = create",
            "[expotr f]");
    assertThat(run("--config=" + file, "--check")).isEqualTo(1);
    assertThat(errors())
        .containsExactly(
            ":1: unknown setting 'prot'; did you mean port?",
            ":2: start-timeout must be a time such as 10, 1.5s, 100ms, 20us or 5ns, not 'soon'",
            ":5: unknown key 'descripton'; did you mean description?",
            ":6: there is no plugin 'rma'; did you mean ram?",
            ":7: there is no filter 'shaed'; did you mean shade?",
            ":10: ram: size must be a size (a number, optionally with a unit b k M G T P E s),"
                + " not '1Q'",
            ":11: size is already set in line 10",
            ":12: unknown key 'redonly'; did you mean readonly?",
            ":13: unknown key 'zzz' for ram; valid are size, fail, password",
            ":14: start must be one of at-start, on-demand, not 'never'",
            ":15: max-in-flight must be at least 1 byte, not 0",
            ":17: description is already set in line 16",
            ":18: password in a file must be +FILE or credential:NAME; the server does not ask for it",
            ":19: the export 'c' has no plugin: plugin = NAME",
            ":20: ram: missing: size=SIZE",
            ":22: ram: fail is create, as asked for",
            ":26: unknown section [expotr f]; did you mean export?");
    assertThat(out()).isEmpty();
  }

  @Test
  void invalidServerSettingsAreReportedWithTheirLines() throws IOException {
    String file =
        file(
            "port = 65536",
            "default-export = b",
            "tls = require",
            "[export a]",
            "plugin = ram",
            "size = 1M");
    assertThat(run("--config=" + file, "--check")).isEqualTo(1);
    assertThat(errors())
        .containsExactly(
            ":1: --port must be from 0 to 65535, not 65536",
            ":2: default-export must be the name of an export, not 'b'",
            ":3: --tls=require needs certificates: name their directory with"
                + " --tls-certificates=DIR, or use --tls-psk=FILE");
  }

  @Test
  void aPasswordThatEveryoneCanReadIsAWarningAndNeverShown() throws IOException {
    String file =
        file("[export a]", "plugin = ram", "size = 1M", "password = hush", "passwort = hush");
    Files.setPosixFilePermissions(Path.of(file), PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(run("--config=" + file, "--check")).isEqualTo(1);
    assertThat(err()).contains("unknown key 'passwort'").doesNotContain("hush");
    Files.writeString(
        Path.of(file), Files.readString(Path.of(file)).replace("passwort = hush\n", ""));
    assertThat(run("--config=" + file, "--check")).isZero();
    assertThat(err())
        .startsWith("nbd-core: warning: " + file + ":4: a password, and every user can read")
        .doesNotContain("hush");
    assertThat(out()).doesNotContain("hush");
    assertThat(run("--config=" + file, "--dump-config")).isZero();
    assertThat(out() + err()).doesNotContain("hush");
    Files.setPosixFilePermissions(Path.of(file), PosixFilePermissions.fromString("rw-r-----"));
    assertThat(run("--config=" + file, "--check")).isZero();
    assertThat(err()).isEmpty();
  }

  @Test
  void passwordsComeFromFilesAndCredentials() throws IOException {
    Path secret = Files.writeString(folder.resolve("secret"), "hush\n");
    Map<String, String> environment = Map.of("CREDENTIALS_DIRECTORY", folder.toString());
    String file =
        file(
            "[export a]",
            "plugin = ram",
            "size = 1M",
            "password = credential:secret",
            "[export b]",
            "plugin = ram",
            "size = 1M",
            "password = +" + secret,
            "[export c]",
            "plugin = ram",
            "size = 1M",
            "password = credential:missing");
    Files.setPosixFilePermissions(Path.of(file), PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(run(environment, "--config=" + file, "--check")).isEqualTo(1);
    assertThat(errors())
        .containsExactly(":12: password: there is no credential 'missing' in " + folder);
  }

  @Test
  void invalidCombinationsWithCheckAndConfigAreRefused() throws IOException {
    String exports = file("[export a]", "plugin = ram", "size = 1M");
    assertRefused("--check needs --config=FILE", "--check");
    assertRefused(
        "--check checks the file of --config, without a plugin", "--check", "ram", "size=1M");
    assertRefused(
        exports + " has exports, so the command line must not name a plugin (ram)",
        "-f",
        "-U-",
        "--config=" + exports,
        "ram",
        "1M");
    assertRefused(
        "--filter needs a plugin; write filter=NAME for an export of " + exports,
        "-f",
        "-U-",
        "--config=" + exports,
        "--filter=shade");
  }

  @Test
  void theExportsOfAFileAreServed() throws IOException {
    String file =
        file(
            "default-export = b",
            "[export a]",
            "plugin = ram",
            "size = 1M",
            "[export b]",
            "plugin = ram",
            "size = 2M",
            "[export broken]",
            "plugin = ram",
            "size = 2M",
            "fail = create");
    Path log = folder.resolve("log");
    assertThat(run("--config=" + file, "--log=" + log, "--run", "test -S \"$unixsocket\""))
        .isZero();
    assertThat(Files.readString(log))
        .isEqualTo(
            "nbd-core: error: the export 'broken' is not served: ram: cannot start: fail is"
                + " create, as asked for\n");
    assertThat(RamPluginProvider.takeEvents())
        .containsExactlyInAnyOrder("created", "created", "started", "started", "closed", "closed");
    Files.writeString(Path.of(file), "[export a]\nplugin = ram\n  size = x\nfial = 1\n");
    assertThat(run("--config=" + file, "-f", "-U-")).isEqualTo(1);
    assertThat(errors()).hasSize(2);
  }
}
