package org.nbdcore.cli.config;

import java.io.IOException;
import java.io.StringReader;
import org.apache.commons.configuration2.PropertiesConfiguration.PropertiesReader;

/**
 * Splits a configuration file into keys, values and sections, with the numbers of their lines. The
 * only class that uses Commons Configuration. It is loaded only if there is a configuration file.
 */
final class ConfigReader extends PropertiesReader {

  private static final String COMMENT = "#!";
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private String whole; // the line, with those that continue it
  private int first; // number of the line that began it; 0 before

  ConfigReader(String text) {
    super(new StringReader(text));
  }

  @Override
  public boolean nextProperty() throws IOException {
    first = 0;
    return super.nextProperty();
  }

  @Override
  public String readLine() throws IOException {
    String line = super.readLine();
    if (line == null) {
      return null;
    }
    if (getLineNumber() == 1 && !line.isEmpty() && line.charAt(0) == BYTE_ORDER_MARK) {
      line = line.substring(1);
    }
    String stripped = line.strip();
    if (first == 0 && !stripped.isEmpty() && COMMENT.indexOf(stripped.charAt(0)) < 0) {
      first = getLineNumber();
    }
    return line;
  }

  @Override
  protected void parseProperty(String line) {
    whole = line.strip();
    super.parseProperty(line);
  }

  /** Returns the unchanged value: no interpolation, no escapes. */
  @Override
  protected String unescapePropertyValue(String value) {
    return value;
  }

  @Override
  protected String unescapePropertyName(String name) {
    return name;
  }

  boolean isSection() {
    return whole.startsWith("[");
  }

  /** The line of a section. */
  String section() {
    return whole;
  }

  /** The number of the line where the last key or section began. */
  int line() {
    return first;
  }
}
