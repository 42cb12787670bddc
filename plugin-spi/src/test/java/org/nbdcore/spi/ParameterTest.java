package org.nbdcore.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ParameterTest {

  private static AbstractThrowableAssert<?, ?> refused(Parameter<?> parameter, String text) {
    return assertThatThrownBy(() -> parameter.parse(text)).isInstanceOf(ConfigException.class);
  }

  @ParameterizedTest
  @CsvSource({"5, 5", "0x1F, 31", "017, 15", "-3, -3", "+4, 4"})
  void integersAreParsedAsDecimalHexAndOctal(String text, long value) throws Exception {
    assertThat(Parameter.integer("n", -10, 100, "Help.").parse(text)).isEqualTo(value);
  }

  @Test
  void integersOutOfRangeAndOtherTextAreRefused() {
    Parameter<Long> number = Parameter.integer("n", 1, 16, "Help.");
    refused(number, "17").hasMessage("n must be from 1 to 16, not 17");
    refused(number, "0").hasMessage("n must be from 1 to 16, not 0");
    refused(number, "ten").hasMessage("n must be a whole number, not 'ten'");
    refused(number, "").hasMessage("n must be a whole number, not ''");
    refused(number, "1.5").hasMessage("n must be a whole number, not '1.5'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "true", "T", "yes", "Y", "on", "ON", "True"})
  void wordsForTrueAreAccepted(String text) throws Exception {
    assertThat(Parameter.bool("b", "Help.").parse(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "false", "F", "no", "N", "off", "Off"})
  void wordsForFalseAreAccepted(String text) throws Exception {
    assertThat(Parameter.bool("b", "Help.").parse(text)).isFalse();
  }

  @Test
  void otherWordsForABooleanAreRefused() {
    refused(Parameter.bool("b", "Help."), "maybe")
        .hasMessage("b must be true or false, not 'maybe'");
  }

  @Test
  void pathsBecomeAbsolute() throws Exception {
    Parameter<Path> path = Parameter.path("file", "Help.");
    assertThat(path.parse("some/file")).isEqualTo(Path.of("some", "file").toAbsolutePath());
    refused(path, "").hasMessageContaining("file must not be empty");
    refused(path, "a\0b").hasMessageContaining("file must be a file name");
  }

  @ParameterizedTest
  @CsvSource({
    "10, 10000000000",
    "10s, 10000000000",
    "1.5s, 1500000000",
    "100ms, 100000000",
    "10us, 10000",
    "10μs, 10000",
    "5ns, 5",
    "0.25ms, 250000",
    "0, 0"
  })
  void durationsAreParsedWithTheirUnits(String text, long nanos) throws Exception {
    assertThat(Parameter.duration("t", "Help.").parse(text)).isEqualTo(Duration.ofNanos(nanos));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "s", "-1", "1h", "1.s", "1 s", "0.5ns", "9223372036854775807s"})
  void invalidDurationsAreRefused(String text) {
    refused(Parameter.duration("t", "Help."), text).hasMessageEndingWith("not '" + text + "'");
  }

  private enum Policy {
    ERROR,
    STRICT_ERROR
  }

  @Test
  void enumConstantsAreParsedFromLowerCaseWords() throws Exception {
    Parameter<Policy> choice = Parameter.choice("policy", Policy.class, "Help.");
    assertThat(choice.parse("error")).isEqualTo(Policy.ERROR);
    assertThat(choice.parse("strict-error")).isEqualTo(Policy.STRICT_ERROR);
    assertThat(choice.placeholder()).isEqualTo("error|strict-error");
    refused(choice, "strict_error")
        .hasMessage("policy must be one of error, strict-error, not 'strict_error'");
  }

  @Test
  void choiceAcceptsOnlyItsWords() throws Exception {
    Parameter<String> choice = Parameter.choice("mode", List.of("error", "allow"), "Help.");
    assertThat(choice.parse("allow")).isEqualTo("allow");
    assertThat(choice.placeholder()).isEqualTo("error|allow");
    refused(choice, "Allow").hasMessage("mode must be one of error, allow, not 'Allow'");
  }

  @Test
  void changedCopiesLeaveTheOriginalUnchanged() {
    Parameter<String> plain = Parameter.string("x", "Help.");
    Parameter<String> all =
        plain.required().repeatable().secret().magic().defaultValue("d").placeholder("WORD");
    assertThat(all.isRequired() && all.isRepeatable() && all.isSecret() && all.isMagic()).isTrue();
    assertThat(all.defaultValue()).contains("d");
    assertThat(all).hasToString("x=WORD");
    assertThat(plain.isRequired() || plain.isRepeatable() || plain.isSecret() || plain.isMagic())
        .isFalse();
    assertThat(plain.defaultValue()).isEmpty();
    assertThat(plain).hasToString("x=TEXT");
    assertThat(plain.help()).isEqualTo("Help.");
  }

  @Test
  void mapAddsACheckAndKeepsTheRest() throws Exception {
    Parameter<Integer> even =
        Parameter.size("s", "Help.")
            .required()
            .magic()
            .map(
                size -> {
                  if (size % 2 != 0) {
                    throw new ConfigException("must be even, not " + size);
                  }
                  return size.intValue();
                });
    assertThat(even.parse("4k")).isEqualTo(4096);
    assertThat(even.isRequired() && even.isMagic()).isTrue();
    refused(even, "3").hasMessage("s must be even, not 3");
  }

  @Test
  void aDefaultValueThatIsSetBeforeMapIsKept() throws Exception {
    Parameter<Long> doubled =
        Parameter.integer("n", 0, 9, "A number.").defaultValue(3L).map(value -> value * 2);
    assertThat(doubled.defaultValue()).contains(6L);
    assertThat(Config.builder(List.of(doubled)).build().get(doubled)).isEqualTo(6L);
    assertThat(Parameter.string("s", "Text.").map(String::length).defaultValue()).isEmpty();
    Parameter<Long> refused = Parameter.integer("n", 0, 9, "A number.").defaultValue(3L);
    assertThatThrownBy(
            () ->
                refused.map(
                    value -> {
                      throw new ConfigException("must be even, not " + value);
                    }))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the default value of n must be even, not 3");
  }

  @Test
  void choicesAreListedForChoiceAndBoolParameters() {
    Parameter<String> mode =
        Parameter.choice("mode", List.of("fast", "2.0"), "").placeholder("MODE");
    assertThat(mode.map(word -> word).alias("m").required().choices())
        .containsExactly("fast", "2.0");
    assertThat(Parameter.bool("on", "").defaultValue(true).choices())
        .containsExactly("true", "false");
    assertThat(Parameter.string("name", "").choices()).isEmpty();
  }
}
