package org.nbdcore.cli.config;

import java.util.List;
import java.util.Optional;

/**
 * A section of a configuration file: the lines of an export, or those before the first section.
 *
 * @param name of the export; empty also for the lines before the first section
 * @param number of the line {@code [export NAME]}, or 0
 * @param lines in the order of the file
 */
public record ConfigSection(String name, int number, List<ConfigLine> lines) {

  /** The lines of a key, in order. */
  List<ConfigLine> all(String key) {
    return lines.stream().filter(line -> line.key().equals(key)).toList();
  }

  /** The last line of a key. */
  Optional<ConfigLine> find(String key) {
    List<ConfigLine> all = all(key);
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
  }

  /** Reports each line that repeats the key of an earlier line, unless the key may be repeated. */
  void rejectRepeated(List<String> keys, List<String> repeatable, ConfigErrors errors) {
    for (String key : keys) {
      List<ConfigLine> all = repeatable.contains(key) ? List.of() : all(key);
      for (int i = 1; i < all.size(); i++) {
        errors.add(all.get(i).number(), key + " is already set in line " + all.get(0).number());
      }
    }
  }
}
