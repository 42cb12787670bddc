package org.nbdcore.cli.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.ConfigException;

class SettingsTest {

  @TempDir Path folder;

  private Optional<String> file(String... lines) throws IOException {
    return Optional.of(Files.write(folder.resolve("s.conf"), java.util.List.of(lines)).toString());
  }

  @Test
  void theEnvironmentOverridesTheFile() throws Exception {
    Settings settings =
        Settings.load(
            file("# ours", "port = 1", "threads: 2"),
            Map.of("NBD_CORE_PORT", "3", "NBD_CORE_LOG", "null", "NBD_CORE_THREADS", ""));
    assertThat(settings.find("port")).contains("3");
    assertThat(settings.find("threads")).contains("2");
    assertThat(settings.find("log")).contains("null");
    assertThat(settings.find("unix")).isEmpty();
  }

  @Test
  void theVariableOfANameWithADashHasAnUnderscore() throws Exception {
    Map<String, String> environment = Map.of("NBD_CORE_EXTENDED_HEADERS", "no");
    assertThat(Settings.load(Optional.empty(), environment).find("extended-headers"))
        .contains("no");
    assertThat(Settings.load(file("extended-headers=off"), Map.of()).find("extended-headers"))
        .contains("off");
  }

  @Test
  void theFileOfTheCommandLineOverridesThatOfTheVariable() throws Exception {
    Files.writeString(folder.resolve("other"), "port=5\n");
    Map<String, String> environment = Map.of("NBD_CORE_CONFIG", folder.resolve("other").toString());
    assertThat(Settings.load(Optional.empty(), environment).find("port")).contains("5");
    assertThat(Settings.load(file("port=6"), environment).find("port")).contains("6");
  }

  @Test
  void valuesAreNotInterpreted() throws Exception {
    Settings settings = Settings.load(file("log=/a${sys:user.home},b", "unix=/x y"), Map.of());
    assertThat(settings.find("log")).contains("/a${sys:user.home},b");
    assertThat(settings.find("unix")).contains("/x y");
  }

  @Test
  void includeIsNotASetting() throws Exception {
    Files.writeString(folder.resolve("other"), "port=5\n");
    Optional<String> file = file("include = " + folder.resolve("other"));
    assertThatThrownBy(() -> Settings.load(file, Map.of()))
        .hasMessageStartingWith(file.get() + ":1: unknown setting 'include'");
  }

  @Test
  void anUnknownSettingIsRefusedWithASuggestion() throws Exception {
    Optional<String> file = file("prot=1");
    assertThatThrownBy(() -> Settings.load(file, Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessage(file.get() + ":1: unknown setting 'prot'; did you mean port?");
  }

  @Test
  void everyWrongSettingIsReportedWithItsLine() throws Exception {
    Optional<String> file =
        file("threads=0", "# c", "plugin=file", "memory = 1M", "port=1", "port=2", "readonly");
    Settings settings = Settings.read(file, Map.of());
    assertThat(settings.errors().messages())
        .containsExactly(
            file.get() + ":1: threads must be from 1 to 4096, not 0",
            file.get() + ":3: unknown setting 'plugin', which belongs after [export NAME]",
            file.get() + ":4: memory must be at least 128M, not 1048576 bytes",
            file.get() + ":6: port is already set in line 5",
            file.get() + ":7: readonly must be true or false, not ''");
  }

  @Test
  void socketsAndAddressesMayBeRepeated() throws Exception {
    Settings settings =
        Settings.load(file("unix=/a", "ipaddr=::1", "unix=/b", "ipaddr=127.0.0.1"), Map.of());
    assertThat(settings.all("unix")).containsExactly("/a", "/b");
    assertThat(settings.all("ipaddr")).containsExactly("::1", "127.0.0.1");
    assertThat(settings.line("unix")).isEqualTo(3);
    assertThat(settings.line("port")).isZero();
    assertThat(Settings.load(file("unix=/a"), Map.of("NBD_CORE_UNIX", "/c")).all("unix"))
        .containsExactly("/c");
  }

  @Test
  void aCredentialIsAFileInTheFolderOfSystemd() throws Exception {
    Path credentials = Files.createDirectory(folder.resolve("credentials"));
    Files.writeString(credentials.resolve("keys"), "alice:00\n");
    Map<String, String> environment = Map.of("CREDENTIALS_DIRECTORY", credentials.toString());
    assertThat(Settings.load(file("tls-psk = credential:keys"), environment).find("tls-psk"))
        .contains(credentials + "/keys");
    for (String wrong : List.of("", "../x", "a/b", ".")) {
      Optional<String> file = file("tls-psk = credential:" + wrong);
      assertThatThrownBy(() -> Settings.load(file, environment))
          .hasMessageContaining("tls-psk must be credential:NAME");
    }
    Optional<String> missing = file("tls-psk = credential:x");
    assertThatThrownBy(() -> Settings.load(missing, environment))
        .hasMessageContaining(":1: tls-psk: there is no credential 'x' in " + credentials);
    assertThatThrownBy(() -> Settings.load(missing, Map.of()))
        .hasMessageContaining("CREDENTIALS_DIRECTORY is not set");
  }

  @Test
  void aMissingFileIsNamed() {
    String missing = folder.resolve("missing").toString();
    assertThatThrownBy(() -> Settings.load(Optional.of(missing), Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(missing + ": no such file or directory");
  }
}
