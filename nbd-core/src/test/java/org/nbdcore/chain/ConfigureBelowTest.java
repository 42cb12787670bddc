package org.nbdcore.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.LayerConfig;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.testkit.TestProviders;

/** Filters see and change the parameters of the layers below. */
class ConfigureBelowTest {

  private interface Change {
    void change(List<LayerConfig> layers) throws ConfigException;
  }

  private final List<String> created = new ArrayList<>();
  private final List<String> reads = new ArrayList<>();
  private final Parameter<String> file =
      Parameter.of("file", "FILE", "a file", this::read).required();
  private final Parameter<Long> size = Parameter.size("size", "a size");

  private String read(String text) {
    reads.add(text);
    return text;
  }

  private Filter created(String name, Config config) {
    created.add(
        name
            + config.find(file).map(value -> " file=" + value).orElse("")
            + config.find(size).map(value -> " size=" + value).orElse(""));
    return new Filter() {};
  }

  private PluginProvider plugin(boolean anyKey) {
    return new TestProviders.OfPlugin("disk", List.of(file, size), this::disk) {
      @Override
      public boolean acceptsAnyKey() {
        return anyKey;
      }
    };
  }

  private Plugin disk(Config config) {
    created("disk", config);
    config.entries().stream()
        .filter(entry -> entry.key().startsWith("x"))
        .forEach(entry -> created.add(entry.key() + "=" + entry.value()));
    return request -> null;
  }

  private FilterProvider filter(String name, Change change) {
    return new TestProviders.OfFilter(name, List.of(size), config -> created(name, config)) {
      @Override
      public void configureBelow(Config config, List<LayerConfig> layers) throws ConfigException {
        change.change(layers);
      }
    };
  }

  private Config config(String... words) throws ConfigException {
    Config.Builder builder = Config.builder(List.of(file, size));
    for (String word : words) {
      builder.put(word.substring(0, word.indexOf('=')), word.substring(word.indexOf('=') + 1));
    }
    return builder.buildPartial();
  }

  private void build(Config disk, FilterProvider... filters) throws Exception {
    build(false, disk, filters);
  }

  private void build(boolean anyKey, Config disk, FilterProvider... filters) throws Exception {
    ChainBuilder builder = Chain.builder().plugin(plugin(anyKey), disk);
    for (FilterProvider filter : filters) {
      builder.filter(filter, config());
    }
    builder.build().close();
  }

  @Test
  void aFilterSeesTheLayersBelowWithTheirParameters() throws Exception {
    List<String> seen = new ArrayList<>();
    Change look =
        layers -> {
          for (LayerConfig layer : layers) {
            seen.add(layer.name());
            layer.entries().forEach(entry -> seen.add(entry.key() + "=" + entry.value()));
          }
        };
    build(config("file=a", "size=1K"), filter("outer", look), filter("inner", layers -> {}));
    assertThat(seen).containsExactly("inner", "disk", "file=a", "size=1K");
    assertThat(created).containsExactly("disk file=a size=1024", "inner", "outer");
  }

  @Test
  void aFilterSetsAddsAndRemovesParametersOfTheLayersBelow() throws Exception {
    Change change =
        layers -> {
          layers.get(0).set("size", "2K");
          layers.get(1).set("file", "b");
          layers.get(1).remove("size");
        };
    build(config("file=a", "size=1K"), filter("outer", change), filter("inner", layers -> {}));
    assertThat(created).containsExactly("disk file=b", "inner size=2048", "outer");
  }

  @Test
  void configureBelowCallsTheOutermostFilterFirst() throws Exception {
    Change append =
        layers -> {
          LayerConfig disk = layers.get(layers.size() - 1);
          disk.set("file", disk.entries().get(0).value() + disk.entries().size() + layers.size());
        };
    build(config("file=a"), filter("outer", append), filter("inner", append));
    assertThat(created.get(0)).isEqualTo("disk file=a1211");
  }

  @Test
  void aFilterSuppliesARequiredParameterOfALayerBelow() throws Exception {
    assertThatThrownBy(() -> build(config(), filter("outer", layers -> {})))
        .isInstanceOf(ConfigException.class)
        .hasMessage("disk: missing: file=FILE");
    assertThat(created).isEmpty();
    build(config(), filter("outer", layers -> layers.get(0).add("file", "c")));
    assertThat(created).containsExactly("disk file=c", "outer");
  }

  @Test
  void anUnchangedValueIsParsedOnce() throws Exception {
    build(config("file=-"), filter("outer", layers -> layers.get(0).set("size", "3")));
    assertThat(reads).containsExactly("-"); // for a password, "-" prompts the user
  }

  @Test
  void anInvalidKeyOrValueIsRefusedWithTheFiltersName() {
    assertThatThrownBy(
            () -> build(config(), filter("outer", layers -> layers.get(0).set("fle", "a"))))
        .isInstanceOf(ConfigException.class)
        .hasMessage("outer: unknown key 'fle' for disk; did you mean file?");
    assertThatThrownBy(
            () -> build(config(), filter("outer", layers -> layers.get(0).set("zzz", "a"))))
        .hasMessage("outer: unknown key 'zzz' for disk; valid are file, size");
    assertThatThrownBy(
            () -> build(config(), filter("outer", layers -> layers.get(0).add("size", "big"))))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("outer: size must be a size");
    assertThat(created).isEmpty();
  }

  @Test
  void aPluginThatAcceptsAnyKeyAcceptsItFromAFilterToo() throws Exception {
    Change change =
        layers -> {
          assertThat(layers.get(0).accepts("x1")).isTrue();
          layers.get(0).add("x1", "new");
          layers.get(0).remove("x2");
        };
    build(true, config("file=a", "x2=old"), filter("outer", change));
    assertThat(created).containsExactly("disk file=a", "x1=new", "outer");
  }

  @Test
  void noLayerIsCreatedIfAFilterRefuses() {
    assertThatThrownBy(
            () ->
                build(
                    config("file=a"),
                    filter(
                        "outer",
                        layers -> {
                          throw new ConfigException("size must be less than 1K, not 2K");
                        })))
        .hasMessage("outer: size must be less than 1K, not 2K");
    assertThat(created).isEmpty();
  }
}
