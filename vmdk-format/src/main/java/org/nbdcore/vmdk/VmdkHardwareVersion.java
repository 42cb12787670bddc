package org.nbdcore.vmdk;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The versions of virtual hardware for which VDDK has names. */
public final class VmdkHardwareVersion {
  /** Version numbers by product, oldest first. */
  public static final Map<String, Integer> NAMES = names();

  private static final int MAX = 0xffff;

  private VmdkHardwareVersion() {}

  private static Map<String, Integer> names() {
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

  /**
   * Parses one of {@link #NAMES}, or a number.
   *
   * @throws IllegalArgumentException with a message that lists the valid values
   */
  public static int parse(String text) {
    Integer named = NAMES.get(text);
    if (named != null) {
      return named;
    }
    try {
      int number = Integer.decode(text);
      if (number >= 0 && number <= MAX) {
        return number;
      }
    } catch (NumberFormatException e) {
      // The message below lists the valid values.
    }
    throw new IllegalArgumentException(
        "must be one of "
            + String.join(", ", NAMES.keySet())
            + " or a number from 0 to 65535, not '"
            + text
            + "'");
  }
}
