package org.nbdcore.cli.config;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.FileNames;

/**
 * Settings of the server, in order of priority: the command line, the environment ({@code
 * NBD_CORE_PORT} for {@code port}, {@code NBD_CORE_EXTENDED_HEADERS} for {@code extended-headers}),
 * a file, the program's defaults.
 */
public final class Settings {

  /**
   * The settings that an environment variable or a file may have; each is the name of a long
   * option.
   */
  public static final List<String> KEYS =
      List.of(
          "port",
          "ipaddr",
          "unix",
          "threads",
          "timeout",
          "log",
          "pidfile",
          "readonly",
          "verbose",
          "extended-headers",
          "stop-timeout");

  private static final String PREFIX = "NBD_CORE_";

  private final Map<String, String> values;

  private Settings(Map<String, String> values) {
    this.values = values;
  }

  /**
   * Reads the environment and, if there is one, the file.
   *
   * @param file given by {@code --config}; without it {@code NBD_CORE_CONFIG} may name one
   * @throws ConfigException if the file cannot be read or sets something unknown, naming it
   */
  public static Settings load(Optional<String> file, Map<String, String> environment)
      throws ConfigException {
    Map<String, String> values = new HashMap<>();
    String path = file.orElse(environment.getOrDefault(PREFIX + "CONFIG", ""));
    if (!path.isEmpty()) {
      for (Map.Entry<String, String> setting : SettingsFile.read(FileNames.path(path)).entrySet()) {
        if (!KEYS.contains(setting.getKey())) {
          String question = NameSuggestions.question(setting.getKey(), KEYS);
          throw new ConfigException(
              path
                  + ": unknown setting '"
                  + setting.getKey()
                  + "'"
                  + (question.isEmpty() ? "; valid are " + String.join(", ", KEYS) : question));
        }
        values.put(setting.getKey(), setting.getValue());
      }
    }
    for (String key : KEYS) {
      String value = environment.get(variable(key));
      if (value != null && !value.isEmpty()) {
        values.put(key, value);
      }
    }
    return new Settings(values);
  }

  private static String variable(String key) {
    return PREFIX + key.toUpperCase(Locale.ROOT).replace('-', '_');
  }

  /** The value of one of {@link #KEYS}, if the environment or the file sets it. */
  public Optional<String> find(String key) {
    return Optional.ofNullable(values.get(key));
  }
}
