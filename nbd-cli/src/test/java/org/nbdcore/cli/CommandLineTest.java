package org.nbdcore.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.nbdcore.spi.ConfigException;

class CommandLineTest {

  private static CommandLine parse(String... arguments) throws ConfigException {
    return CommandLine.parse(List.of(arguments));
  }

  @Test
  void optionsMayPrecedeOrFollowThePluginsName() throws ConfigException {
    CommandLine line = parse("-f", "memory", "--port", "7", "1M", "-r", "key=value");
    assertThat(line.plugin()).contains("memory");
    assertThat(line.words()).containsExactly("1M", "key=value");
    assertThat(line.has(CommandLineOption.FOREGROUND)).isTrue();
    assertThat(line.has(CommandLineOption.READ_ONLY)).isTrue();
    assertThat(line.last(CommandLineOption.PORT)).contains("7");
  }

  @Test
  void shortOptionsMayShareADashAndTheLastMayHaveAValue() throws ConfigException {
    CommandLine line = parse("-fvp7", "-rU", "-", "null");
    assertThat(line.has(CommandLineOption.FOREGROUND)).isTrue();
    assertThat(line.has(CommandLineOption.VERBOSE)).isTrue();
    assertThat(line.has(CommandLineOption.READ_ONLY)).isTrue();
    assertThat(line.last(CommandLineOption.PORT)).contains("7");
    assertThat(line.last(CommandLineOption.UNIX)).contains("-");
    assertThat(line.plugin()).contains("null");
  }

  @Test
  void aValueMayLookLikeAnOption() throws ConfigException {
    CommandLine line = parse("-e", "-f", "--run=--help", "null");
    assertThat(line.last(CommandLineOption.EXPORT)).contains("-f");
    assertThat(line.last(CommandLineOption.RUN)).contains("--help");
    assertThat(line.has(CommandLineOption.FOREGROUND)).isFalse();
    assertThat(line.has(CommandLineOption.HELP)).isFalse();
  }

  @Test
  void afterTwoDashesNothingIsAnOption() throws ConfigException {
    CommandLine line = parse("-f", "--", "sh", "-v", "--help");
    assertThat(line.plugin()).contains("sh");
    assertThat(line.words()).containsExactly("-v", "--help");
  }

  @Test
  void longOptionsMayBeAbbreviatedIfUnambiguous() throws ConfigException {
    assertThat(
            parse("--read", "--filt=cow", "--print-ur", "--show-url", "null")
                .all(CommandLineOption.FILTER))
        .containsExactly("cow");
    assertThat(parse("--read").has(CommandLineOption.READ_ONLY)).isTrue();
    assertThat(parse("--time-out=3").last(CommandLineOption.TIMEOUT)).contains("3");
    assertThat(parse("--tls", "on").last(CommandLineOption.TLS)).contains("on");
    assertThatThrownBy(() -> parse("--ver"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("option --ver is ambiguous: --verbose, --version");
  }

  @Test
  void aLoneDashIsAWord() throws ConfigException {
    assertThat(parse("sh", "-").words()).containsExactly("-");
  }

  @Test
  void everyAliasMeansItsOption() throws ConfigException {
    for (CommandLineOption option : CommandLineOption.values()) {
      for (String name : option.names()) {
        CommandLine line = option.takesValue() ? parse("--" + name, "x") : parse("--" + name);
        assertThat(line.has(option)).as(name).isTrue();
      }
    }
  }

  @Test
  void namesAndLettersOfOptionsAreUnique() {
    Set<String> seen = new HashSet<>();
    for (CommandLineOption option : CommandLineOption.values()) {
      option.names().forEach(name -> assertThat(seen.add("--" + name)).as(name).isTrue());
      if (option.letter() != 0) {
        assertThat(seen.add("-" + option.letter())).as(option.toString()).isTrue();
      }
    }
  }

  @Test
  void theLastOfIpv4AndIpv6Wins() throws ConfigException {
    assertThat(parse("-4", "-6").has(CommandLineOption.IPV4)).isFalse();
    assertThat(parse("-4", "-6").has(CommandLineOption.IPV6)).isTrue();
    assertThat(parse("-6", "-4").has(CommandLineOption.IPV6)).isFalse();
  }

  @Test
  void theLastOfNewstyleAndOldstyleWins() throws ConfigException {
    assertThat(parse("-o", "-n").has(CommandLineOption.OLD_STYLE)).isFalse();
    assertThat(parse("-n", "-o").has(CommandLineOption.OLD_STYLE)).isTrue();
  }

  @Test
  void errorsNameTheOption() {
    assertMessage("unknown option --prot; did you mean --port?; see --help", "--prot", "7");
    assertMessage("unknown option -Z; see --help", "-fZ");
    assertMessage("--port needs a value: --port PORT", "null", "--port");
    assertMessage("-p needs a value: -p PORT", "null", "-fp");
    assertMessage("--verbose takes no value, but 'on' was given", "--verbose=on");
  }

  private static void assertMessage(String message, String... arguments) {
    assertThatThrownBy(() -> parse(arguments))
        .isInstanceOf(ConfigException.class)
        .hasMessage(message);
  }
}
