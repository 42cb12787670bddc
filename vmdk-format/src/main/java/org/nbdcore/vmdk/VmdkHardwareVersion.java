package org.nbdcore.vmdk;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The versions of virtual hardware that VDDK has names for. */
public final class VmdkHardwareVersion {
  /** The numbers of the products, oldest first. */
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
   * Reads one of {@link #NAMES}, or a number.
   *
   * @throws IllegalArgumentException saying what is allowed
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
      // The message below says what is allowed.
    }
    throw new IllegalArgumentException(
        "must be one of "
            + String.join(", ", NAMES.keySet())
            + " or a number from 0 to 65535, not '"
            + text
            + "'");
  }
}
