package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nbdcore.spi.PluginProvider;

/**
 * Every parameter of the plugins that join, describe and hold disks, seen by a real client, and
 * missed where it is left at its default or has another value.
 */
@Tag("heavy")
class ShippedPluginsIT {

  private static final Set<String> PLUGINS =
      Set.of("file", "info", "memory", "partitioning", "split");

  @TempDir Path folder;

  static List<ClientCase> cases() throws IOException {
    return ClientCase.all("plugins");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void clientsSeeTheEffectOfTheParameterOnlyWithIt(ClientCase pluginCase) throws IOException {
    new ClientChecks(folder).check(pluginCase);
  }

  @Test
  void everyParameterIsTakenAwayInSomeCase() throws IOException {
    Set<String> wanted = new TreeSet<>();
    for (PluginProvider plugin : ServiceLoader.load(PluginProvider.class)) {
      if (PLUGINS.contains(plugin.name())) {
        wanted.addAll(ClientChecks.wanted(plugin.name(), plugin.parameters()));
      }
    }
    assertThat(wanted).hasSizeGreaterThan(14);
    assertThat(ClientChecks.taken(cases())).containsAll(wanted);
  }
}
