package org.nbdcore.plugin.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.testkit.Configs;

final class ParametersTest {

  private static Config config(String... arguments) throws ConfigException {
    return Configs.of(SshParameters.ALL, List.of(arguments));
  }

  @Test
  void createRequiresCreateSize() throws ConfigException {
    Config config = config("host=h", "path=p", "create=true");
    assertThatThrownBy(() -> SshParameters.plugin(config, Map.of()))
        .hasMessageContaining("create=true needs create-size");
  }

  @Test
  void modesAreOctalWithALeadingZero() throws ConfigException {
    assertThat(config("host=h", "path=p", "create-mode=0644").get(SshParameters.CREATE_MODE))
        .isEqualTo(0644L);
    assertThatThrownBy(() -> config("host=h", "path=p", "create-mode=01000"))
        .hasMessageContaining("create-mode must be from 0 to 511, not 512");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "65536", "-1", "nbd", ""})
  void aPortIsANumberOrSsh(String port) throws ConfigException {
    assertThat(config("host=h", "path=p", "port=ssh").get(SshParameters.PORT)).isEqualTo(22);
    assertThatThrownBy(() -> config("host=h", "path=p", "port=" + port))
        .hasMessageContaining("port must be a number from 1 to 65535, or ssh, not '" + port + "'");
  }

  @Test
  void percentTokensInFileNamesAreExpanded() throws ConfigException {
    Config config = config("host=h", "path=p", "identity=/keys/%h-%p-%r-%%-%x-%d/%");
    SshSettings settings =
        new SshSettings(
            "h",
            config.find(SshParameters.PORT),
            config.find(SshParameters.USER),
            config.find(SshParameters.PASSWORD),
            config.find(SshParameters.PASSPHRASE),
            config.find(SshParameters.CONFIG),
            config.all(SshParameters.IDENTITY),
            config.find(SshParameters.KNOWN_HOSTS),
            true,
            config.get(SshParameters.TIMEOUT),
            false,
            config.find(SshParameters.HOST));
    assertThat(settings.expanded(settings.files().get(0), "h", 2022, "bob"))
        .isEqualTo(Path.of("/keys/h-2022-bob-%-%x-" + SshSettings.folder() + "/%"));
  }
}
