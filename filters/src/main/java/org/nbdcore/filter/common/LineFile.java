package org.nbdcore.filter.common;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.nbdcore.spi.ConfigException;

/** Reads the lines of a text file that a parameter names. */
public final class LineFile {

  /** Parses one line. */
  public interface LineParser {

    /**
     * Parses a line that is not blank.
     *
     * @param number counted from 1
     * @throws ConfigException if the line is invalid; the message need not name the line
     */
    void parse(int number, String line) throws ConfigException;
  }

  private LineFile() {}

  /**
   * Passes each line that is not blank to a parser.
   *
   * @param parameter its name, for messages
   * @throws ConfigException if the file cannot be read or a line is invalid; the message names the
   *     parameter, the file and the line
   */
  public static void read(String parameter, Path file, LineParser parser) throws ConfigException {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw new ConfigException(parameter + ": cannot read " + file + ": " + e, e);
    }
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.isBlank()) {
        continue;
      }
      try {
        parser.parse(i + 1, line);
      } catch (ConfigException e) {
        throw new ConfigException(
            parameter + ": " + file + ":" + (i + 1) + ": " + e.getMessage(), e);
      }
    }
  }
}
