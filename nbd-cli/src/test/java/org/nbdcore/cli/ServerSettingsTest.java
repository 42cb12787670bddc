package org.nbdcore.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nbdcore.cli.config.Settings;
import org.nbdcore.server.ServerOptions;
import org.nbdcore.spi.ConfigException;

class ServerSettingsTest {

  private static ServerOptions options(String... words) throws Exception {
    return options(Map.of(), words);
  }

  private static ServerOptions options(Map<String, String> environment, String... words)
      throws Exception {
    CommandLine line = CommandLine.parse(List.of(words));
    Settings settings = Settings.load(Optional.empty(), environment);
    return new ServerSettings(line, settings, new ProgramVersion("nbd-core"))
        .serverOptions(List.of(), Optional.empty());
  }

  @ParameterizedTest
  @CsvSource({
    "-f, true, true",
    "--extended-headers, true, true",
    "--no-eh, true, false",
    "--no-extended-headers, true, false",
    "--no-sr, false, false",
    "--oldstyle, true, false"
  })
  void optionsDecideAboutStructuredRepliesAndExtendedHeaders(
      String option, boolean structured, boolean extended) throws Exception {
    ServerOptions options = options(option, "memory", "1M");
    assertThat(options.structuredReplies()).isEqualTo(structured);
    assertThat(options.extendedHeaders()).isEqualTo(extended);
  }

  @ParameterizedTest
  @CsvSource({
    "no, -f, false",
    "off, -f, false",
    "0, -f, false",
    "yes, -f, true",
    "yes, --no-eh, false",
    "yes, --no-sr, false",
    "yes, --oldstyle, false",
    "no, --extended-headers, true"
  })
  void theEnvironmentTurnsExtendedHeadersOffUnlessTheCommandLineAsksForThem(
      String value, String option, boolean extended) throws Exception {
    Map<String, String> environment = Map.of("NBD_CORE_EXTENDED_HEADERS", value);
    assertThat(options(environment, option, "memory", "1M").extendedHeaders()).isEqualTo(extended);
  }

  @Test
  void aWrongValueOfASwitchIsNamed() {
    Map<String, String> environment = Map.of("NBD_CORE_EXTENDED_HEADERS", "maybe");
    assertThatThrownBy(() -> options(environment, "-f", "memory", "1M"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("extended-headers")
        .hasMessageContaining("maybe");
  }
}
