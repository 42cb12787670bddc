package org.nbdcore.cli.config;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.configuration2.PropertiesConfiguration;
import org.apache.commons.configuration2.ex.ConfigurationException;
import org.nbdcore.log.ExceptionText;
import org.nbdcore.spi.ConfigException;

/**
 * Reads a file of server settings: lines of {@code key=value}. The only class that knows Commons
 * Configuration; it is loaded only if a file is given.
 */
final class SettingsFile {

  private SettingsFile() {}

  /** The settings in the order of the file, a later line winning; values are taken as they are. */
  static Map<String, String> read(Path file) throws ConfigException {
    PropertiesConfiguration properties = new PropertiesConfiguration();
    properties.setInterpolator(null); // a value may hold ${…} and mean it
    properties.setIncludesAllowed(false);
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.read(reader);
    } catch (IOException | ConfigurationException e) {
      throw new ConfigException(
          "the configuration file cannot be read: " + ExceptionText.of(root(e)), e);
    }
    Map<String, String> settings = new LinkedHashMap<>();
    for (Iterator<String> keys = properties.getKeys(); keys.hasNext(); ) {
      String key = keys.next();
      Object[] values = properties.get(Object[].class, key, new Object[0]);
      if (values.length > 0) {
        settings.put(key, String.valueOf(values[values.length - 1]));
      }
    }
    return settings;
  }

  private static Throwable root(Throwable failure) {
    return failure.getCause() == null ? failure : root(failure.getCause());
  }
}
