package org.nbdcore.cli.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
  void theEnvironmentGoesBeforeTheFile() throws Exception {
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
  void aVariableNamesTheFileAndTheCommandLineNamesABetterOne() throws Exception {
    Files.writeString(folder.resolve("other"), "port=5\n");
    Map<String, String> environment = Map.of("NBD_CORE_CONFIG", folder.resolve("other").toString());
    assertThat(Settings.load(Optional.empty(), environment).find("port")).contains("5");
    assertThat(Settings.load(file("port=6"), environment).find("port")).contains("6");
  }

  @Test
  void valuesAreTakenAsTheyAre() throws Exception {
    Settings settings = Settings.load(file("log=/a${sys:user.home},b", "unix=/x y"), Map.of());
    assertThat(settings.find("log")).contains("/a${sys:user.home},b");
    assertThat(settings.find("unix")).contains("/x y");
  }

  @Test
  void theFileIncludesNoOther() throws Exception {
    Files.writeString(folder.resolve("other"), "port=5\n");
    Settings settings = Settings.load(file("include = " + folder.resolve("other")), Map.of());
    assertThat(settings.find("port")).isEmpty();
  }

  @Test
  void anUnknownSettingIsRefusedWithTheNearestOne() throws Exception {
    Optional<String> file = file("prot=1");
    assertThatThrownBy(() -> Settings.load(file, Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessage(file.get() + ": unknown setting 'prot'; did you mean port?");
  }

  @Test
  void aMissingFileIsNamed() {
    String missing = folder.resolve("missing").toString();
    assertThatThrownBy(() -> Settings.load(Optional.of(missing), Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(missing + ": no such file or directory");
  }
}
