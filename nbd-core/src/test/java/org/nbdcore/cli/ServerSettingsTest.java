package org.nbdcore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nbdcore.config.Settings;
import org.nbdcore.server.ServerOptions;

class ServerSettingsTest {

  private static ServerOptions options(String... words) throws Exception {
    CommandLine line = CommandLine.parse(List.of(words));
    Settings settings = Settings.load(Optional.empty(), Map.of());
    return new ServerSettings(line, settings, new Version("nbd-core"))
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
  void structuredRepliesAndExtendedHeadersAreOffered(
      String option, boolean structured, boolean extended) throws Exception {
    ServerOptions options = options(option, "memory", "1M");
    assertThat(options.structuredReplies()).isEqualTo(structured);
    assertThat(options.extendedHeaders()).isEqualTo(extended);
  }
}
