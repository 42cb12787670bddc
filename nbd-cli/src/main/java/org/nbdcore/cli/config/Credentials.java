package org.nbdcore.cli.config;

import java.nio.file.Files;
import java.util.Map;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.FileNames;

/**
 * Finds the files of systemd's {@code LoadCredential=}: a value {@code credential:NAME} of a
 * configuration file means the file of that name in the folder {@code CREDENTIALS_DIRECTORY}.
 */
public final class Credentials {

  private static final String PREFIX = "credential:";
  private static final String FOLDER = "CREDENTIALS_DIRECTORY";

  private final String folder;

  /** Takes the folder from the variables of the process. */
  public Credentials(Map<String, String> environment) {
    folder = environment.getOrDefault(FOLDER, "");
  }

  /** True if a value names a credential. */
  static boolean named(String value) {
    return value.startsWith(PREFIX);
  }

  /**
   * The path of a credential's file.
   *
   * @param key for messages
   * @param value {@code credential:NAME}
   * @throws ConfigException if there is no such credential
   */
  public String file(String key, String value) throws ConfigException {
    String name = value.substring(PREFIX.length());
    if (name.isEmpty() || name.contains("/") || name.startsWith(".")) {
      throw new ConfigException(
          key + " must be " + PREFIX + "NAME, with the name of a file, not '" + value + "'");
    }
    if (folder.isEmpty()) {
      throw new ConfigException(
          key
              + " is "
              + value
              + ", but "
              + FOLDER
              + " is not set; in the unit, write LoadCredential="
              + name
              + ":/path");
    }
    String file = folder + "/" + name;
    if (!Files.exists(FileNames.path(file))) {
      throw new ConfigException(key + ": there is no credential '" + name + "' in " + folder);
    }
    return file;
  }
}
