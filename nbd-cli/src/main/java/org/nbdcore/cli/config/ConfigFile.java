package org.nbdcore.cli.config;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nbdcore.log.ExceptionText;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.FileNames;
import org.nbdcore.spi.NameSuggestions;

/**
 * A configuration file: lines of {@code key = value}, first those of the server, then a section
 * {@code [export NAME]} for each export.
 *
 * @param server the lines before the first section
 * @param exports in the order of the file
 */
record ConfigFile(ConfigSection server, List<ConfigSection> exports) {

  private static final String KIND = "export";
  private static final int LONGEST_NAME = 4096;

  /** A file without lines. */
  static final ConfigFile EMPTY = new ConfigFile(new ConfigSection("", 0, List.of()), List.of());

  /**
   * Reads a file.
   *
   * @param errors receives lines that cannot be understood
   * @throws ConfigException if the file cannot be read
   */
  static ConfigFile read(String name, ConfigErrors errors) throws ConfigException {
    String text;
    try {
      text = FileNames.decode(Files.readAllBytes(FileNames.path(name)));
    } catch (IOException e) {
      throw new ConfigException("the configuration file cannot be read: " + ExceptionText.of(e), e);
    }
    return parse(text, errors);
  }

  static ConfigFile parse(String text, ConfigErrors errors) throws ConfigException {
    ConfigSection server = new ConfigSection("", 0, new ArrayList<>());
    List<ConfigSection> exports = new ArrayList<>();
    Map<String, Integer> names = new HashMap<>();
    ConfigSection current = server;
    try (ConfigReader reader = new ConfigReader(text)) {
      while (reader.nextProperty()) {
        if (reader.isSection()) {
          String name = exportName(reader, errors);
          current = new ConfigSection(name == null ? "" : name, reader.line(), new ArrayList<>());
          if (name == null) {
            continue; // its lines are not understood
          }
          exports.add(current);
          Integer earlier = names.putIfAbsent(name, reader.line());
          if (earlier != null) {
            errors.add(
                reader.line(), "the export '" + current.name() + "' is already in line " + earlier);
          }
        } else {
          current
              .lines()
              .add(
                  new ConfigLine(
                      reader.line(), reader.getPropertyName(), reader.getPropertyValue()));
        }
      }
    } catch (IOException e) {
      throw new ConfigException("the configuration file cannot be read: " + e.getMessage(), e);
    }
    return new ConfigFile(server, exports);
  }

  /** The name in {@code [export NAME]}; null if the line is something else. */
  private static String exportName(ConfigReader reader, ConfigErrors errors) {
    String text = reader.section();
    if (!text.endsWith("]")) {
      errors.add(
          reader.line(), "a section must be [export NAME] in a line of its own, not " + text);
      return null;
    }
    String[] words = text.substring(1, text.length() - 1).strip().split("\\s+", 2);
    if (!words[0].equals(KIND)) {
      String question = NameSuggestions.question(words[0], List.of(KIND));
      errors.add(
          reader.line(),
          "unknown section "
              + text
              + (question.isEmpty() ? "; an export is [export NAME]" : question));
      return null;
    }
    String name = words.length > 1 ? words[1] : "";
    int length = FileNames.encode(name).length;
    if (length > LONGEST_NAME) {
      errors.add(
          reader.line(),
          "the name of an export has at most " + LONGEST_NAME + " bytes, not " + length);
    }
    return name;
  }
}
