package org.nbdcore.spi;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** The parsed parameters of one plugin or filter, in the order of the command line. */
public final class Config {

  /** One {@code key=value}: one immutable value. */
  public static final class Entry {

    private final String key;
    private final String value;

    private Entry(String key, String value) {
      this.key = Objects.requireNonNull(key, "key");
      this.value = Objects.requireNonNull(value, "value");
    }

    /**
     * Creates an entry.
     *
     * @param key before the equals sign
     * @param value after the equals sign, as written by the user
     */
    public static Entry of(String key, String value) {
      return new Entry(key, value);
    }

    /** The text before the equals sign. */
    public String key() {
      return key;
    }

    /** The text after the equals sign, as written by the user. */
    public String value() {
      return value;
    }

    @Override
    public boolean equals(Object object) {
      return object instanceof Entry other && key.equals(other.key) && value.equals(other.value);
    }

    @Override
    public int hashCode() {
      return Objects.hash(key, value);
    }

    /** Shows the key only: the value may be a secret. */
    @Override
    public String toString() {
      return key + "=...";
    }
  }

  private final List<Entry> entries;
  private final Map<String, List<Object>> values;
  private final Map<String, Integer> debugFlags;

  private Config(
      List<Entry> entries, Map<String, List<Object>> values, Map<String, Integer> debugFlags) {
    this.entries = List.copyOf(entries);
    this.values = values;
    this.debugFlags = Map.copyOf(debugFlags);
  }

  /** Starts a configuration of a plugin or filter that declares {@code parameters}. */
  public static Builder builder(List<Parameter<?>> parameters) {
    return new Builder(parameters);
  }

  /**
   * Returns the last value given for a parameter, otherwise its default.
   *
   * @throws NoSuchElementException if the parameter has neither a value nor a default; use {@link
   *     #find} for such a parameter
   */
  public <T> T get(Parameter<T> parameter) {
    return find(parameter)
        .orElseThrow(() -> new NoSuchElementException(parameter.key() + " has no value"));
  }

  /** Returns the last value given for a parameter, otherwise its default, otherwise nothing. */
  public <T> Optional<T> find(Parameter<T> parameter) {
    List<T> all = all(parameter);
    return all.isEmpty() ? parameter.defaultValue() : Optional.of(all.get(all.size() - 1));
  }

  /**
   * Returns all values given for a parameter, in order. The list is empty if only the default
   * applies.
   */
  @SuppressWarnings("unchecked") // only the parameter's own parser put values under its key
  public <T> List<T> all(Parameter<T> parameter) {
    return (List<T>) values.getOrDefault(parameter.key(), List.of());
  }

  /** True if a value was given for the parameter. */
  public boolean has(Parameter<?> parameter) {
    return values.containsKey(parameter.key());
  }

  /** All entries in order, also those with keys that are not declared. */
  public List<Entry> entries() {
    return entries;
  }

  /**
   * This configuration with one more value of a parameter, after the others.
   *
   * @throws ConfigException if the value cannot be read
   */
  public Config with(Parameter<?> parameter, String value) throws ConfigException {
    Map<String, List<Object>> more = new LinkedHashMap<>(values);
    List<Object> all = new ArrayList<>(values.getOrDefault(parameter.key(), List.of()));
    all.add(parameter.parse(value));
    more.put(parameter.key(), List.copyOf(all));
    return new Config(plus(parameter.key(), value), more, debugFlags);
  }

  /** Returns a copy with one more value of a key that is not declared. */
  public Config with(String key, String value) {
    return new Config(plus(key, value), values, debugFlags);
  }

  private List<Entry> plus(String key, String value) {
    List<Entry> more = new ArrayList<>(entries);
    more.add(Entry.of(key, value));
    return more;
  }

  /** Returns a copy without the values of a key. */
  public Config without(String key) {
    Map<String, List<Object>> rest = new LinkedHashMap<>(values);
    rest.remove(key);
    return new Config(
        entries.stream().filter(entry -> !entry.key().equals(key)).toList(), rest, debugFlags);
  }

  /**
   * Checks that each required parameter was given.
   *
   * @throws ConfigException naming every required parameter that is missing
   */
  public void checkComplete(Iterable<Parameter<?>> declared) throws ConfigException {
    String missing = missing(declared);
    if (!missing.isEmpty()) {
      throw new ConfigException(missing);
    }
  }

  /** A message that names every required parameter without a value; empty if there is none. */
  private String missing(Iterable<Parameter<?>> declared) {
    List<String> missing = new ArrayList<>();
    for (Parameter<?> parameter : declared) {
      if (parameter.isRequired() && !has(parameter)) {
        missing.add(parameter.key() + "=" + parameter.placeholder());
      }
    }
    return missing.isEmpty() ? "" : "missing: " + String.join(", ", missing);
  }

  /** The value of a debug flag. */
  public int debug(DebugFlag flag) {
    return debugFlags.getOrDefault(flag.name(), flag.initial());
  }

  /** Collects entries and parses them. */
  public static final class Builder {

    private final Map<String, Parameter<?>> declared = new LinkedHashMap<>();
    private final List<Entry> entries = new ArrayList<>();
    private final Map<String, Integer> debugFlags = new LinkedHashMap<>();

    private Builder(List<Parameter<?>> parameters) {
      for (Parameter<?> parameter : parameters) {
        declare(parameter.key(), parameter);
        parameter.aliases().forEach(alias -> declare(alias, parameter));
      }
    }

    private void declare(String key, Parameter<?> parameter) {
      if (declared.put(key, parameter) != null) {
        throw new IllegalArgumentException("the key " + key + " is declared twice");
      }
    }

    /** Adds {@code key=value}. An alias is replaced by the parameter's own key. */
    public Builder put(String key, String value) {
      Parameter<?> parameter = declared.get(Objects.requireNonNull(key));
      String own = parameter == null ? key : parameter.key();
      entries.add(Entry.of(own, value));
      return this;
    }

    /**
     * Sets a debug flag.
     *
     * @param flag its name, without the name of the plugin or filter
     */
    public Builder debug(String flag, int value) {
      debugFlags.put(flag, value);
      return this;
    }

    /**
     * Parses all entries. Required parameters may be missing.
     *
     * @throws ConfigException for the first value that cannot be read
     */
    public Config buildPartial() throws ConfigException {
      Map<String, List<Object>> values = new LinkedHashMap<>();
      for (Entry entry : entries) {
        Parameter<?> parameter = declared.get(entry.key());
        if (parameter != null) {
          values
              .computeIfAbsent(entry.key(), key -> new ArrayList<>())
              .add(parameter.parse(entry.value()));
        }
      }
      values.replaceAll((key, list) -> List.copyOf(list));
      return new Config(entries, values, debugFlags);
    }

    /**
     * Parses everything.
     *
     * @throws ConfigException for the first value that cannot be read, or naming every required
     *     parameter that is missing and every key that is not declared, because one of these may be
     *     a mistyped parameter
     */
    public Config build() throws ConfigException {
      Config config = buildPartial();
      String missing = config.missing(new LinkedHashSet<>(declared.values())); // no alias twice
      if (!missing.isEmpty()) {
        throw new ConfigException(missing + unknownKeys());
      }
      return config;
    }

    private String unknownKeys() {
      StringBuilder unknown = new StringBuilder();
      Set<String> valid = declared.keySet();
      for (String key : entries.stream().map(Entry::key).distinct().toList()) {
        if (!valid.contains(key)) {
          unknown.append("; unknown key '").append(key).append('\'');
          unknown.append(NameSuggestions.question(key, valid));
        }
      }
      return unknown.toString();
    }
  }
}
