package org.nbdcore.cli.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.DebugFlag;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.testkit.TestProviders;

class ParameterRouterTest {

  private static final Parameter<String> FILE = Parameter.string("file", "").magic();
  private static final Parameter<String> SHARED = Parameter.string("shared", "");
  private static final Parameter<Long> DEPTH = Parameter.size("depth", "");

  private final FilterProvider outer = filter("outer", List.of(SHARED, DEPTH));
  private final FilterProvider inner = filter("inner", List.of(SHARED));
  private final FakePlugin plugin = new FakePlugin(List.of(FILE, SHARED), false);

  private static ParameterRouter route(
      List<FilterProvider> filters, PluginProvider plugin, String... words) throws ConfigException {
    ParameterRouter router = new ParameterRouter(filters, plugin);
    router.words(List.of(words));
    return router;
  }

  @Test
  void aKeyGoesToTheOutermostFilterThatDeclaresIt() throws ConfigException {
    ParameterRouter router = route(List.of(outer, inner), plugin, "shared=x", "file=y");
    assertThat(router.filter(0).get(SHARED)).isEqualTo("x");
    assertThat(router.filter(1).has(SHARED)).isFalse();
    assertThat(router.plugin().has(SHARED)).isFalse();
    assertThat(router.plugin().get(FILE)).isEqualTo("y");
  }

  @Test
  void aKeyThatNoFilterDeclaresGoesToThePlugin() throws ConfigException {
    ParameterRouter router = route(List.of(filter("dull", List.of())), plugin, "shared=x");
    assertThat(router.plugin().get(SHARED)).isEqualTo("x");
  }

  @Test
  void aBareKeyGoesToEveryCopyOfAFilterAndANumberPicksOne() throws ConfigException {
    ParameterRouter router =
        route(List.of(outer, inner, outer), plugin, "depth=1k", "outer.2.depth=2k");
    assertThat(router.filter(0).get(DEPTH)).isEqualTo(1024);
    assertThat(router.filter(2).get(DEPTH)).isEqualTo(2048);
  }

  @Test
  void aKeyWithTheNameOfALayerGoesToThatLayer() throws ConfigException {
    ParameterRouter router =
        route(List.of(outer, inner), plugin, "inner.shared=x", "fake.shared=y");
    assertThat(router.filter(0).has(SHARED)).isFalse();
    assertThat(router.filter(1).get(SHARED)).isEqualTo("x");
    assertThat(router.plugin().get(SHARED)).isEqualTo("y");
  }

  @Test
  void theNumberOfAMissingCopyIsRefused() {
    assertRefused(
        "outer.3.depth: outer is in the chain 2 times, counted from 1, so there is no number 3",
        List.of(outer, outer),
        "outer.3.depth=1");
    assertRefused(
        "outer.0.depth: outer is in the chain once, so there is no number 0",
        List.of(outer),
        "outer.0.depth=1");
  }

  @Test
  void anUnknownKeyIsRefusedWithSuggestions() {
    assertRefused(
        "unknown key 'detph' for outer, fake; did you mean depth?", List.of(outer), "detph=1");
    assertRefused("unknown key 'zzz' for fake; valid are file, shared", List.of(), "zzz=secret");
    assertRefused(
        "unknown key 'detph' for outer; did you mean depth?", List.of(outer), "outer.detph=1");
  }

  @Test
  void aBareWordIsTheValueOfTheMagicKey() throws ConfigException {
    assertThat(route(List.of(), plugin, "disk.img").plugin().get(FILE)).isEqualTo("disk.img");
    assertThat(route(List.of(), plugin, "./a=b.img").plugin().get(FILE)).isEqualTo("./a=b.img");
    assertThat(route(List.of(), plugin, "/a=b.img").plugin().get(FILE)).isEqualTo("/a=b.img");
    assertThat(route(List.of(), plugin, "=x").plugin().get(FILE)).isEqualTo("=x");
    assertThat(route(List.of(), plugin, "").plugin().get(FILE)).isEmpty();
  }

  @Test
  void twoBareWordsAreRefusedAndBothNamed() {
    assertRefused(
        "'a.img' and 'b.img' are given as file; fake takes only one", List.of(), "a.img", "b.img");
  }

  @Test
  void anEmptyWordBeforeAnotherIsIgnored() throws ConfigException {
    assertThat(route(List.of(), plugin, "", "a.img").plugin().get(FILE)).isEqualTo("a.img");
  }

  @Test
  void twoBareWordsForASecretAreRefusedAndNeitherIsNamed() {
    FakePlugin secretive =
        new FakePlugin(List.of(Parameter.string("token", "").magic().secret()), false);
    assertThatThrownBy(() -> route(List.of(), secretive, "hush", "quiet"))
        .hasMessage("two words are given as token; fake takes only one");
  }

  @Test
  void aRepeatableMagicKeyTakesSeveralWordsInOrder() throws ConfigException {
    Parameter<String> files = Parameter.string("file", "").magic().repeatable();
    Config config =
        route(List.of(), new FakePlugin(List.of(files), false), "a", "file=b", "c").plugin();
    assertThat(config.all(files)).containsExactly("a", "b", "c");
  }

  @Test
  void theLastValueOfARepeatedKeyWins() throws ConfigException {
    assertThat(route(List.of(), plugin, "file=a", "file=b").plugin().get(FILE)).isEqualTo("b");
  }

  @Test
  void aBareWordWithoutAMagicKeyIsRefused() {
    FakePlugin plain = new FakePlugin(List.of(SHARED), false);
    assertThatThrownBy(() -> route(List.of(), plain, "disk.img"))
        .hasMessage("fake takes no bare word, only key=value: 'disk.img' has no key");
  }

  @Test
  void theUserAndPasswordOfAUrlAreNotShown() {
    FakePlugin plain = new FakePlugin(List.of(SHARED), false);
    assertThatThrownBy(() -> route(List.of(), plain, "http://eve:s3cret@host/disk"))
        .hasMessage("fake takes no bare word, only key=value: 'http://...@host/disk' has no key");
    assertRefused(
        "'http://...@a' and 'http://...@b' are given as file; fake takes only one",
        List.of(),
        "http://eve:s3cret@a",
        "http://eve:s3cret@b");
  }

  @Test
  void aPluginMayTakeAnyKeyAndItsFirstBareWordIsItsScript() throws ConfigException {
    FakePlugin any = new FakePlugin(List.of(), true);
    Config config = route(List.of(outer), any, "run.sh", "b=1", "depth=1", "a.c=2").plugin();
    assertThat(config.entries())
        .containsExactly(
            Config.Entry.of("script", "run.sh"),
            Config.Entry.of("b", "1"),
            Config.Entry.of("a.c", "2"));
  }

  @Test
  void aWrongValueNamesItsLayer() throws ConfigException {
    ParameterRouter router = route(List.of(outer), plugin, "depth=deep");
    assertThatThrownBy(() -> router.filter(0))
        .hasMessageStartingWith("outer: depth must be a size");
  }

  @Test
  void debugFlagsReachTheirLayerAndUnknownOnesAreWarnedAbout() throws ConfigException {
    ParameterRouter router = route(List.of(outer), plugin, "x.img");
    List<String> warnings = new ArrayList<>();
    router.debug(new DebugSetting("fake", "loud.very", 3), warnings::add);
    assertThat(warnings).isEmpty();
    router.debug(new DebugSetting("fake", "quiet", 1), warnings::add);
    router.debug(new DebugSetting("none", "loud.very", 1), warnings::add);
    assertThat(router.plugin().debug(FakePlugin.LOUD)).isEqualTo(3);
    assertThat(warnings)
        .containsExactly(
            "the debug flag fake.quiet is unknown, so unused",
            "the debug flag none.loud.very is unknown, so unused");
  }

  private void assertRefused(String message, List<FilterProvider> filters, String... words) {
    assertThatThrownBy(() -> route(filters, plugin, words))
        .isInstanceOf(ConfigException.class)
        .hasMessage(message);
  }

  private static FilterProvider filter(String name, List<Parameter<?>> parameters) {
    return new TestProviders.OfFilter(name, parameters, config -> new Filter() {});
  }

  private static final class FakePlugin extends TestProviders.OfPlugin {

    static final DebugFlag LOUD = DebugFlag.of("loud.very", "");

    private final boolean anyKey;

    FakePlugin(List<Parameter<?>> parameters, boolean anyKey) {
      super(
          "fake",
          parameters,
          config -> {
            throw new IllegalStateException("not made in these tests");
          });
      this.anyKey = anyKey;
    }

    @Override
    public boolean acceptsAnyKey() {
      return anyKey;
    }

    @Override
    public List<DebugFlag> debugFlags() {
      return List.of(LOUD);
    }
  }
}
