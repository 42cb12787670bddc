package org.nbdcore.plugin.vddk;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nbdcore.spi.ConfigException;

/** The words that describe a new disk, with the numbers that VDDK knows them by. */
final class CreateValues {

  /** The number of a type is its place here, from 1. */
  static final List<String> TYPES =
      List.of(
          "monolithic-sparse",
          "monolithic-flat",
          "split-sparse",
          "split-flat",
          "vmfs-flat",
          "stream-optimized",
          "vmfs-thin",
          "vmfs-sparse");

  /** The number of an adapter is its place here, from 1. */
  static final List<String> ADAPTERS = List.of("ide", "scsi-buslogic", "scsi-lsilogic");

  static final Map<String, Integer> HW_VERSIONS = hwVersions();

  private CreateValues() {}

  private static Map<String, Integer> hwVersions() {
    Map<String, Integer> versions = new LinkedHashMap<>();
    versions.put("workstation4", 3);
    versions.put("workstation5", 4);
    versions.put("workstation6", 6);
    versions.put("esx30", 4);
    versions.put("esx4x", 7);
    versions.put("esx50", 8);
    versions.put("esx51", 9);
    versions.put("esx55", 10);
    versions.put("esx60", 11);
    versions.put("esx65", 13);
    return Collections.unmodifiableMap(versions);
  }

  static int type(String word) {
    return TYPES.indexOf(word) + 1;
  }

  static int adapter(String word) {
    return ADAPTERS.indexOf(word) + 1;
  }

  static int hwVersion(String text) throws ConfigException {
    Integer named = HW_VERSIONS.get(text);
    if (named != null) {
      return named;
    }
    try {
      int number = Integer.decode(text);
      if (number >= 0 && number <= 0xffff) {
        return number;
      }
    } catch (NumberFormatException e) {
      // The message below lists the allowed values.
    }
    throw new ConfigException(
        "must be one of "
            + String.join(", ", HW_VERSIONS.keySet())
            + " or a number from 0 to 65535, not '"
            + text
            + "'");
  }
}
