package org.nbdcore.cli.config;

import java.util.HashMap;
import java.util.Map;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Parameter;

/**
 * The values in a configuration file: credentials become files, and each value is parsed at once,
 * so that its error has the number of its line.
 */
public final class FileValues implements ParameterValues {

  private final Credentials credentials;
  private final Map<String, Integer> seen = new HashMap<>();
  private ConfigLine line;
  private int secretLine; // of the first password in the file itself, or 0

  /** Values of one export. */
  public FileValues(Credentials credentials) {
    this.credentials = credentials;
  }

  /** Sets the line of the file in which the next values are. */
  public void line(ConfigLine next) {
    line = next;
  }

  /** The number of a line that contains a password; 0 if there is none. */
  public int secretLine() {
    return secretLine;
  }

  @Override
  public String read(String layer, Parameter<?> parameter, String value) throws ConfigException {
    if (parameter == null) {
      return value;
    }
    checkRepeated(layer, parameter);
    String resolved = Credentials.named(value) ? credential(parameter, value) : value;
    if (parameter.isSecret()) {
      checkSecret(parameter.key(), resolved);
    }
    try {
      parameter.parse(resolved);
    } catch (ConfigException e) {
      throw new ConfigException(layer + ": " + e.getMessage(), e);
    }
    return resolved;
  }

  /**
   * Checks repeated keys. Copies of a filter get the same line, or separate lines with a number in
   * the key.
   */
  private void checkRepeated(String layer, Parameter<?> parameter) throws ConfigException {
    if (parameter.isRepeatable()) {
      return;
    }
    Integer earlier = seen.put(layer + " " + line.key(), line.number());
    if (earlier != null && earlier != line.number()) {
      throw new ConfigException(line.key() + " is already set in line " + earlier);
    }
  }

  private String credential(Parameter<?> parameter, String value) throws ConfigException {
    String file = credentials.file(parameter.key(), value);
    return parameter.isSecret() ? "+" + file : file;
  }

  /** A server cannot ask for a password whenever it reads the file. */
  private void checkSecret(String key, String value) throws ConfigException {
    if (value.startsWith("-")) {
      throw new ConfigException(
          key + " in a file must be +FILE or credential:NAME; the server does not ask for it");
    }
    if (!value.startsWith("+") && secretLine == 0) {
      secretLine = line.number();
    }
  }
}
