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

/** Filters see and change the parameters of the layers below. */
class ConfigureBelowTest {

  private interface Change {
    void change(List<LayerConfig> layers) throws ConfigException;
  }

  private final List<String> made = new ArrayList<>();
  private final List<String> reads = new ArrayList<>();
  private final Parameter<String> file =
      Parameter.of("file", "FILE", "a file", this::read).required();
  private final Parameter<Long> size = Parameter.size("size", "a size");

  private String read(String text) {
    reads.add(text);
    return text;
  }

  private void made(String name, Config config) {
    made.add(
        name
            + config.find(file).map(value -> " file=" + value).orElse("")
            + config.find(size).map(value -> " size=" + value).orElse(""));
  }

  private PluginProvider plugin(boolean anyKey) {
    return new PluginProvider() {
      @Override
      public String name() {
        return "disk";
      }

      @Override
      public String description() {
        return "a disk";
      }

      @Override
      public List<Parameter<?>> parameters() {
        return List.of(file, size);
      }

      @Override
      public boolean acceptsAnyKey() {
        return anyKey;
      }

      @Override
      public Plugin create(Config config) {
        made("disk", config);
        config.entries().stream()
            .filter(entry -> entry.key().startsWith("x"))
            .forEach(entry -> made.add(entry.key() + "=" + entry.value()));
        return request -> null;
      }
    };
  }

  private FilterProvider filter(String name, Change change) {
    return new FilterProvider() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public String description() {
        return "a filter";
      }

      @Override
      public List<Parameter<?>> parameters() {
        return List.of(size);
      }

      @Override
      public void configureBelow(Config config, List<LayerConfig> layers) throws ConfigException {
        change.change(layers);
      }

      @Override
      public Filter create(Config config) {
        made(name, config);
        return new Filter() {};
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
    assertThat(made).containsExactly("disk file=a size=1024", "inner", "outer");
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
    assertThat(made).containsExactly("disk file=b", "inner size=2048", "outer");
  }

  @Test
  void theFilterNearestTheClientIsAskedFirst() throws Exception {
    Change append =
        layers -> {
          LayerConfig disk = layers.get(layers.size() - 1);
          disk.set("file", disk.entries().get(0).value() + disk.entries().size() + layers.size());
        };
    build(config("file=a"), filter("outer", append), filter("inner", append));
    assertThat(made.get(0)).isEqualTo("disk file=a1211");
  }

  @Test
  void aFilterSuppliesWhatALayerBelowRequires() throws Exception {
    assertThatThrownBy(() -> build(config(), filter("outer", layers -> {})))
        .isInstanceOf(ConfigException.class)
        .hasMessage("disk: missing: file=FILE");
    assertThat(made).isEmpty();
    build(config(), filter("outer", layers -> layers.get(0).add("file", "c")));
    assertThat(made).containsExactly("disk file=c", "outer");
  }

  @Test
  void aValueThatNobodyChangesIsReadOnce() throws Exception {
    build(config("file=-"), filter("outer", layers -> layers.get(0).set("size", "3")));
    assertThat(reads).containsExactly("-"); // such a password is asked for
  }

  @Test
  void aKeyOrValueThatALayerDoesNotTakeIsRefusedInTheNameOfTheFilter() {
    assertThatThrownBy(
            () -> build(config(), filter("outer", layers -> layers.get(0).set("fle", "a"))))
        .isInstanceOf(ConfigException.class)
        .hasMessage("outer: unknown key 'fle' for disk; valid are file, size");
    assertThatThrownBy(
            () -> build(config(), filter("outer", layers -> layers.get(0).add("size", "big"))))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("outer: size must be a size");
    assertThat(made).isEmpty();
  }

  @Test
  void aPluginThatTakesAnyKeyTakesItFromAFilterToo() throws Exception {
    Change change =
        layers -> {
          assertThat(layers.get(0).accepts("x1")).isTrue();
          layers.get(0).add("x1", "new");
          layers.get(0).remove("x2");
        };
    build(true, config("file=a", "x2=old"), filter("outer", change));
    assertThat(made).containsExactly("disk file=a", "x1=new", "outer");
  }

  @Test
  void nothingIsMadeIfAFilterRefuses() {
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
    assertThat(made).isEmpty();
  }
}
