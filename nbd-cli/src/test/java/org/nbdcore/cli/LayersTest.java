package org.nbdcore.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nbdcore.chain.Chain;
import org.nbdcore.chain.Trace;
import org.nbdcore.fixture.RamPluginProvider;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.Host;
import org.nbdcore.spi.LayerConfig;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Parameter;
import org.nbdcore.testkit.TestProviders;

/** Chains from the words of a command line. */
class LayersTest {

  private static final Parameter<String> MODEL = Parameter.string("model", "A model.").required();

  /** Gives the plugin the size of a model. */
  private static final class Models extends TestProviders.OfFilter {
    Models() {
      super("models", List.of(MODEL), config -> new Filter() {});
    }

    @Override
    public void configureBelow(Config config, List<LayerConfig> layers) throws ConfigException {
      assertThat(layers).hasSize(1);
      layers.get(0).set("size", config.get(MODEL).equals("floppy") ? "1440K" : "0");
    }
  }

  private static Chain chain(String... words) throws ConfigException {
    Layers layers = new Layers(new RamPluginProvider(), List.of(new Models()));
    CommandLine line = CommandLine.parse(List.of(words));
    return layers.build(layers.route(line, warning -> {}), Trace.NONE);
  }

  @Test
  void aFilterSuppliesAParameterThatThePluginRequires() throws Exception {
    try (Chain chain = chain("ram", "models.model=floppy")) {
      chain.start(Host.NONE);
      try (var device = chain.top().open(OpenRequest.detached("", false))) {
        assertThat(device.size()).isEqualTo(1440 * 1024);
      }
    }
  }

  @Test
  void aParameterThatAFilterRequiresMustBeGiven() {
    assertThatThrownBy(() -> chain("ram", "1M"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("models: missing: model=TEXT");
  }
}
