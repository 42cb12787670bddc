package org.nbdcore.cli.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.NameSuggestions;
import org.nbdcore.spi.Parameter;

/**
 * Settings of the server, in order of priority: the command line, the environment ({@code
 * NBD_CORE_PORT} for {@code port}, {@code NBD_CORE_EXTENDED_HEADERS} for {@code extended-headers}),
 * a file, the program's defaults. The file may also have exports.
 */
public final class Settings {

  /**
   * The settings that an environment variable or a file may have; each is the name of a long
   * option.
   */
  public static final List<String> KEYS =
      ServerKeys.OPTIONS.stream().<String>map(Parameter::key).toList();

  /** The settings that only a file may have. */
  public static final List<String> FILE_KEYS =
      ServerKeys.FILE_ONLY.stream().<String>map(Parameter::key).toList();

  private static final String PREFIX = "NBD_CORE_";

  private final Optional<String> file;
  private final ConfigErrors errors;
  private final Map<String, List<String>> values = new HashMap<>();
  private final Map<String, Integer> lines = new HashMap<>();
  private final List<ExportSettings> exports = new ArrayList<>();

  private Settings(Optional<String> file) {
    this.file = file;
    errors = new ConfigErrors(file.orElse(""));
  }

  /**
   * Reads the environment and, if there is one, the file.
   *
   * @param file given by {@code --config}; without it {@code NBD_CORE_CONFIG} may name one
   * @throws ConfigException if the file cannot be read, or with each of its errors
   */
  public static Settings load(Optional<String> file, Map<String, String> environment)
      throws ConfigException {
    Settings settings = read(file, environment);
    settings.errors.throwIfAny();
    return settings;
  }

  /**
   * The same, but errors of the file are in {@link #errors}.
   *
   * @throws ConfigException if the file cannot be read
   */
  public static Settings read(Optional<String> file, Map<String, String> environment)
      throws ConfigException {
    String path = file.orElse(environment.getOrDefault(PREFIX + "CONFIG", ""));
    Settings settings = new Settings(path.isEmpty() ? Optional.empty() : Optional.of(path));
    if (!path.isEmpty()) {
      settings.add(ConfigFile.read(path, settings.errors), new Credentials(environment));
    }
    for (String key : KEYS) {
      String value = environment.get(variable(key));
      if (value != null && !value.isEmpty()) {
        settings.values.put(key, List.of(value));
        settings.lines.remove(key);
      }
    }
    return settings;
  }

  private static String variable(String key) {
    return PREFIX + key.toUpperCase(Locale.ROOT).replace('-', '_');
  }

  private void add(ConfigFile read, Credentials credentials) {
    List<String> repeatable = new ArrayList<>();
    Map<String, Parameter<?>> declared = new HashMap<>();
    for (List<Parameter<?>> some : List.of(ServerKeys.OPTIONS, ServerKeys.FILE_ONLY)) {
      for (Parameter<?> parameter : some) {
        declared.put(parameter.key(), parameter);
        if (parameter.isRepeatable()) {
          repeatable.add(parameter.key());
        }
      }
    }
    for (ConfigLine line : read.server().lines()) {
      Parameter<?> parameter = declared.get(line.key());
      if (parameter == null) {
        errors.add(line.number(), unknown(line.key()));
        continue;
      }
      try {
        String value =
            Credentials.named(line.value())
                ? credentials.file(line.key(), line.value())
                : line.value();
        parameter.parse(value);
        values.computeIfAbsent(line.key(), key -> new ArrayList<>()).add(value);
        lines.put(line.key(), line.number());
      } catch (ConfigException e) {
        errors.add(line.number(), e.getMessage());
      }
    }
    read.server().rejectRepeated(List.copyOf(declared.keySet()), repeatable, errors);
    for (ConfigSection section : read.exports()) {
      exports.add(ExportSettings.of(section, errors));
    }
  }

  private static String unknown(String key) {
    List<String> valid = new ArrayList<>(KEYS);
    valid.addAll(FILE_KEYS);
    String question = NameSuggestions.question(key, valid);
    if (question.isEmpty() && ExportSettings.KEYS.contains(key)) {
      question = ", which belongs after [export NAME]";
    }
    return "unknown setting '"
        + key
        + "'"
        + (question.isEmpty() ? "; valid are " + String.join(", ", valid) : question);
  }

  /** The last value of a setting, if the environment or the file sets it. */
  public Optional<String> find(String key) {
    List<String> all = all(key);
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
  }

  /** All values of a setting, in order. */
  public List<String> all(String key) {
    return values.getOrDefault(key, List.of());
  }

  /** The number of the file's line that sets it; 0 if none does. */
  public int line(String key) {
    return lines.getOrDefault(key, 0);
  }

  /** The settings of the server that another file sets otherwise. */
  public List<String> differences(Settings other) {
    List<String> all = new ArrayList<>(KEYS);
    all.addAll(FILE_KEYS);
    return all.stream().filter(key -> !all(key).equals(other.all(key))).toList();
  }

  /** The file that was read, as the user named it. */
  public Optional<String> file() {
    return file;
  }

  /** The errors of the file. */
  public ConfigErrors errors() {
    return errors;
  }

  /** The exports of the file, in its order. */
  public List<ExportSettings> exports() {
    return exports;
  }
}
