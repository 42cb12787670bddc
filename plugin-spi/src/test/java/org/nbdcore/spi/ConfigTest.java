package org.nbdcore.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

final class ConfigTest {

  private static final Parameter<Long> SIZE = Parameter.size("size", "Help.").required();
  private static final Parameter<String> FILE = Parameter.string("file", "Help.").repeatable();
  private static final Parameter<Long> BLOCK = Parameter.size("block", "Help.").defaultValue(512L);
  private static final Parameter<String> NOTE = Parameter.string("note", "Help.");
  private static final List<Parameter<?>> ALL = List.of(SIZE, FILE, BLOCK, NOTE);

  @Test
  void lastValueCountsAndAllAreKeptInOrder() throws Exception {
    Config config =
        Config.builder(ALL)
            .put("file", "a")
            .put("size", "1")
            .put("file", "b")
            .put("size", "2k")
            .build();
    assertThat(config.get(SIZE)).isEqualTo(2048);
    assertThat(config.all(FILE)).containsExactly("a", "b");
    assertThat(config.find(FILE)).contains("b");
    assertThat(config.entries())
        .extracting(Config.Entry::key)
        .containsExactly("file", "size", "file", "size");
  }

  @Test
  void defaultsAreReturnedButNotReportedAsSet() throws Exception {
    Config config = Config.builder(ALL).put("size", "1").build();
    assertThat(config.get(BLOCK)).isEqualTo(512);
    assertThat(config.has(BLOCK)).isFalse();
    assertThat(config.all(BLOCK)).isEmpty();
    assertThat(config.find(NOTE)).isEmpty();
    assertThatThrownBy(() -> config.get(NOTE))
        .isInstanceOf(NoSuchElementException.class)
        .hasMessageContaining("note");
  }

  @Test
  void anAliasMeansTheParametersOwnKey() throws Exception {
    Parameter<String> mode = Parameter.string("mode", "Help.").alias("m", "mo-de").required();
    Config config = Config.builder(List.of(mode)).put("m", "a").put("mode", "b").build();
    assertThat(config.all(mode)).containsExactly("a", "b");
    assertThat(config.entries()).extracting(Config.Entry::key).containsExactly("mode", "mode");
    assertThat(mode.hasKey("mo-de")).isTrue();
    assertThat(mode.hasKey("x")).isFalse();
    assertThat(mode.defaultValue("c").magic().aliases()).containsExactly("m", "mo-de");
    assertThatThrownBy(() -> Config.builder(List.of(mode)).build())
        .hasMessage("missing: mode=TEXT");
    assertThatThrownBy(() -> Config.builder(List.of(mode, Parameter.string("m", "Help."))))
        .hasMessage("the key m is declared twice");
  }

  @Test
  void everyMissingParameterIsNamed() {
    Parameter<String> other = Parameter.string("other", "Help.").required();
    assertThatThrownBy(() -> Config.builder(List.of(SIZE, NOTE, other)).build())
        .isInstanceOf(ConfigException.class)
        .hasMessage("missing: size=SIZE, other=TEXT");
  }

  @Test
  void aMistypedKeyIsNamedBesideTheMissingOne() {
    assertThatThrownBy(() -> Config.builder(ALL).put("siez", "1").put("siez", "2").build())
        .isInstanceOf(ConfigException.class)
        .hasMessage("missing: size=SIZE; unknown key 'siez'; did you mean size?");
    assertThatThrownBy(
            () -> Config.builder(ALL).put("colour", "1").put("note", "a").put("fil", "b").build())
        .hasMessage(
            "missing: size=SIZE; unknown key 'colour'; unknown key 'fil'; did you mean file?");
  }

  @Test
  void partialConfigurationMayLackRequiredParameters() throws Exception {
    assertThat(Config.builder(ALL).buildPartial().find(SIZE)).isEmpty();
    assertThatThrownBy(() -> Config.builder(ALL).put("size", "x").buildPartial())
        .hasMessageStartingWith("size must be a size");
  }

  @Test
  void keysThatAreNotDeclaredAreKeptAsText() throws Exception {
    Config config = Config.builder(List.of()).put("anything", "goes").build();
    assertThat(config.entries()).containsExactly(Config.Entry.of("anything", "goes"));
  }

  @Test
  void keyDeclaredTwiceIsRefused() {
    assertThatThrownBy(() -> Config.builder(List.of(SIZE, SIZE)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("size is declared twice");
  }

  @Test
  void debugFlagsHaveTheirInitialValueUntilSet() throws Exception {
    DebugFlag flag = DebugFlag.of("zero", "Shows zeroes").withInitial(3);
    assertThat(Config.builder(List.of()).build().debug(flag)).isEqualTo(3);
    assertThat(Config.builder(List.of()).debug("zero", 7).build().debug(flag)).isEqualTo(7);
  }

  @Test
  void toStringDoesNotShowSecretValues() throws Exception {
    Parameter<Secret> password = Parameter.password("password", "Help.");
    Config config = Config.builder(List.of(password)).put("password", "hunter2").build();
    assertThat(config.get(password).reveal()).isEqualTo("hunter2");
    assertThat(config.toString()).doesNotContain("hunter2");
    assertThat(config.get(password).toString()).doesNotContain("hunter2");
    assertThat(config.all(password).toString()).doesNotContain("hunter2");
  }

  @Test
  void entriesDoNotShowSecretValues() throws Exception {
    Parameter<Secret> password = Parameter.password("password", "Help.");
    Config config = Config.builder(List.of(password)).put("password", "hunter2").build();
    assertThat(config.entries().toString()).doesNotContain("hunter2");
  }
}
