package org.nbdcore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.chain.Providers;
import org.nbdcore.chain.Trace;
import org.nbdcore.cli.config.Settings;
import org.nbdcore.server.ServerExport;

/** What an export gets from its section. */
final class ExportBuilderTest {

  @TempDir Path folder;

  private ServerExport export(String... lines) throws Exception {
    Path file = Files.write(folder.resolve("c"), List.of(lines));
    CommandLine line = CommandLine.parse(List.of("--config=" + file));
    Settings settings = Settings.load(Optional.of(file.toString()), Map.of());
    ServerSettings server = new ServerSettings(line, settings, new ProgramVersion("nbd-core"));
    ExportBuilder.Built built =
        new ConfiguredExports(
                line, new Providers(List.of(), warning -> {}), Map.of(), settings, server)
            .builder(Trace.NONE)
            .build(settings.exports().get(0), settings.errors(), reason -> {})
            .orElseThrow();
    built.close();
    return built.export();
  }

  @Test
  void anExportHasTheSettingsOfItsSection() throws Exception {
    ServerExport plain = export("[export a]", "plugin = ram", "size = 1M");
    assertThat(plain.maxInFlight()).isEqualTo(Long.MAX_VALUE);
    assertThat(plain.readOnly() || plain.lazy()).isFalse();
    ServerExport export =
        export(
            "[export b]",
            "plugin = ram",
            "size = 1M",
            "description = all of it",
            "readonly = true",
            "start = on-demand",
            "max-in-flight = 64M");
    assertThat(export.name()).isEqualTo("b");
    assertThat(export.description()).isEqualTo("all of it");
    assertThat(export.readOnly() && export.lazy()).isTrue();
    assertThat(export.maxInFlight()).isEqualTo(64 << 20);
  }
}
