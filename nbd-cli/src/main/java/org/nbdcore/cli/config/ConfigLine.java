package org.nbdcore.cli.config;

/**
 * One {@code key = value} of a configuration file.
 *
 * @param number of the line in the file, counted from 1
 * @param key without spaces around it
 * @param value as it is written, without spaces around it
 */
public record ConfigLine(int number, String key, String value) {

  /** Shows no value, which may be a secret. */
  @Override
  public String toString() {
    return "line " + number + ": " + key;
  }
}
