package org.nbdcore.spi;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * The declaration of a parameter of a plugin or filter: its key, type, default and help text. The
 * parser, {@code --help}, shell completion and the documentation test all use it.
 *
 * <p>Immutable: {@link #required()}, {@link #defaultValue(Object)} and similar methods return a
 * changed copy.
 *
 * @param <T> the type of its parsed value
 */
public final class Parameter<T> {

  /**
   * Converts text to a value.
   *
   * @param <T> the value's type
   */
  @FunctionalInterface
  public interface Parser<T> {
    /**
     * Parses.
     *
     * @throws ConfigException if the text is not a value. The message continues a sentence that
     *     begins with the key: "must be …, not …"
     */
    T parse(String text) throws ConfigException;
  }

  /** The properties of a parameter besides key, type and help. */
  private record Traits(
      boolean required, boolean repeatable, boolean secret, boolean magic, List<String> aliases) {
    static final Traits NONE = new Traits(false, false, false, false, List.of());
  }

  private final String key;
  private final String placeholder;
  private final String help;
  private final Parser<T> parser;
  private final Optional<T> defaultValue;
  private final List<String> choices;
  private final Traits traits;

  private Parameter(
      String key,
      String placeholder,
      String help,
      Parser<T> parser,
      Optional<T> defaultValue,
      List<String> choices,
      Traits traits) {
    this.key = Objects.requireNonNull(key);
    this.placeholder = Objects.requireNonNull(placeholder);
    this.help = Objects.requireNonNull(help);
    this.parser = Objects.requireNonNull(parser);
    this.defaultValue = defaultValue;
    this.choices = choices;
    this.traits = traits;
  }

  /**
   * A parameter with its own parser.
   *
   * @param key the text before the equals sign
   * @param placeholder the placeholder for the value in {@code --help}, such as {@code SIZE} or
   *     {@code on|off}
   * @param help one sentence or more, for {@code --help}
   */
  public static <T> Parameter<T> of(String key, String placeholder, String help, Parser<T> parser) {
    return of(key, placeholder, help, parser, List.of());
  }

  private static <T> Parameter<T> of(
      String key, String placeholder, String help, Parser<T> parser, List<String> choices) {
    return new Parameter<>(key, placeholder, help, parser, Optional.empty(), choices, Traits.NONE);
  }

  /** Any text. */
  public static Parameter<String> string(String key, String help) {
    return of(key, "TEXT", help, text -> text);
  }

  /** A size in bytes, from 0 to {@link Long#MAX_VALUE}; see {@link Sizes}. */
  public static Parameter<Long> size(String key, String help) {
    return of(key, "SIZE", help, Sizes::parse);
  }

  /**
   * A whole number from {@code min} to {@code max}. The prefix {@code 0x} means hexadecimal, {@code
   * 0} octal.
   */
  public static Parameter<Long> integer(String key, long min, long max, String help) {
    return of(key, "N", help, text -> ParameterParsers.integer(text, min, max));
  }

  /** {@code true yes on 1} or {@code false no off 0}, or their first letters, in either case. */
  public static Parameter<Boolean> bool(String key, String help) {
    return of(key, "true|false", help, ParameterParsers::bool, List.of("true", "false"));
  }

  /** A file name. It is resolved against the directory where the program was started. */
  public static Parameter<Path> path(String key, String help) {
    return of(key, "PATH", help, ParameterParsers::path);
  }

  /**
   * A duration: {@code 10} or {@code 10s}, {@code 1.5s}, {@code 100ms}, {@code 10us}, {@code 5ns}.
   */
  public static Parameter<Duration> duration(String key, String help) {
    return of(key, "TIME", help, ParameterParsers::duration);
  }

  /** One of several words. */
  public static Parameter<String> choice(String key, List<String> words, String help) {
    return of(
        key,
        String.join("|", words),
        help,
        text -> ParameterParsers.choice(text, words),
        List.copyOf(words));
  }

  /**
   * One of the constants of an enum, in lower case and with {@code -} for {@code _}: {@code
   * strict-error} for {@code STRICT_ERROR}.
   */
  public static <E extends Enum<E>> Parameter<E> choice(String key, Class<E> type, String help) {
    List<String> words =
        Arrays.stream(type.getEnumConstants())
            .map(constant -> constant.name().toLowerCase(Locale.ROOT).replace('_', '-'))
            .toList();
    return choice(key, words, help)
        .map(word -> Enum.valueOf(type, word.toUpperCase(Locale.ROOT).replace('-', '_')));
  }

  /**
   * A password. Its forms: the text itself; {@code -} to ask on the terminal; {@code +FILE} for the
   * first line of a file; {@code -N} for the first line of file descriptor N, which must be 3 or
   * more.
   */
  public static Parameter<Secret> password(String key, String help) {
    Parameter<Secret> plain =
        of(key, "PASSWORD|-|+FILE|-FD", help, text -> Passwords.read(key, text));
    return plain.secret();
  }

  private Parameter<T> with(Traits changed) {
    return new Parameter<>(key, placeholder, help, parser, defaultValue, choices, changed);
  }

  /** Returns a copy that the user must set. The server does not start without it. */
  public Parameter<T> required() {
    return with(new Traits(true, traits.repeatable, traits.secret, traits.magic, traits.aliases));
  }

  /** Returns a copy with a default value. */
  public Parameter<T> defaultValue(T value) {
    return new Parameter<>(key, placeholder, help, parser, Optional.of(value), choices, traits);
  }

  /** Returns a copy that the user may give several times; see {@link Config#all}. */
  public Parameter<T> repeatable() {
    return with(new Traits(traits.required, true, traits.secret, traits.magic, traits.aliases));
  }

  /** Returns a copy whose value is never shown. */
  public Parameter<T> secret() {
    return with(new Traits(traits.required, traits.repeatable, true, traits.magic, traits.aliases));
  }

  /**
   * Returns a copy that receives bare words after the plugin's name on the command line, as
   * nbdkit's magic config key does. A plugin may declare one such parameter.
   */
  public Parameter<T> magic() {
    return with(
        new Traits(traits.required, traits.repeatable, traits.secret, true, traits.aliases));
  }

  /**
   * Returns a copy that also accepts these keys. A {@link Config} contains only the parameter's own
   * key.
   */
  public Parameter<T> alias(String... keys) {
    return with(
        new Traits(traits.required, traits.repeatable, traits.secret, traits.magic, List.of(keys)));
  }

  /** Returns a copy with another placeholder for the value in {@code --help}. */
  public Parameter<T> placeholder(String newPlaceholder) {
    return new Parameter<>(key, newPlaceholder, help, parser, defaultValue, choices, traits);
  }

  /**
   * Returns a copy that also checks or converts the parsed value. The step applies to a default
   * value that was set before, too.
   *
   * @throws IllegalArgumentException if {@code step} refuses the default value
   */
  public <U> Parameter<U> map(Step<T, U> step) {
    Optional<U> newDefault = Optional.empty();
    if (defaultValue.isPresent()) {
      try {
        newDefault = Optional.of(step.apply(defaultValue.get()));
      } catch (ConfigException e) {
        throw new IllegalArgumentException("the default value of " + key + " " + e.getMessage(), e);
      }
    }
    return new Parameter<>(
        key,
        placeholder,
        help,
        text -> step.apply(parser.parse(text)),
        newDefault,
        choices,
        traits);
  }

  /**
   * A check or conversion of a parsed value.
   *
   * @param <A> the type of its argument
   * @param <B> the type of its result
   */
  @FunctionalInterface
  public interface Step<A, B> {
    /**
     * Converts a value.
     *
     * @throws ConfigException if the value is refused. The message continues a sentence that begins
     *     with the key: "must be …, not …"
     */
    B apply(A value) throws ConfigException;
  }

  /** The text before the equals sign. */
  public String key() {
    return key;
  }

  /** Other keys that mean the same parameter. */
  public List<String> aliases() {
    return traits.aliases;
  }

  /** True if {@code given} is the key of this parameter or an alias. */
  public boolean hasKey(String given) {
    return key.equals(given) || traits.aliases.contains(given);
  }

  /** The placeholder for the value in {@code --help}. */
  public String placeholder() {
    return placeholder;
  }

  /**
   * The words that are valid values. Empty if other values are valid too. A boolean accepts more
   * spellings than the two in this list.
   */
  public List<String> choices() {
    return choices;
  }

  /** The help text. */
  public String help() {
    return help;
  }

  /** The default value. */
  public Optional<T> defaultValue() {
    return defaultValue;
  }

  /** True if the user must set this parameter. */
  public boolean isRequired() {
    return traits.required;
  }

  /** True if the user may give this parameter several times. */
  public boolean isRepeatable() {
    return traits.repeatable;
  }

  /** True if the value must not be shown. */
  public boolean isSecret() {
    return traits.secret;
  }

  /** True if a bare word on the command line is a value of this parameter. */
  public boolean isMagic() {
    return traits.magic;
  }

  /**
   * Parses a value.
   *
   * @throws ConfigException naming key and value (not a secret one) and what was expected
   */
  public T parse(String text) throws ConfigException {
    try {
      return parser.parse(text);
    } catch (ConfigException e) {
      throw new ConfigException(key + " " + e.getMessage(), e);
    }
  }

  @Override
  public String toString() {
    return key + "=" + placeholder;
  }
}
