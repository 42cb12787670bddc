package org.nbdcore.spi;

import java.util.Arrays;
import java.util.List;

/**
 * The descriptors that the caller of the server has passed on, beyond the standard streams. The
 * launcher knows them, as it runs before the JVM opens files of its own, which have numbers too.
 */
public final class InheritedDescriptors {

  /** The launcher sets this property to their numbers, with blanks between. */
  private static final String NUMBERS = "nbdcore.inherited";

  private InheritedDescriptors() {}

  /** Their numbers as words; empty without a launcher. */
  public static List<String> numbers() {
    String numbers = System.getProperty(NUMBERS, "");
    return numbers.isEmpty() ? List.of() : Arrays.asList(numbers.split(" "));
  }

  /**
   * Whether a descriptor was passed on. If not, the number may be that of a file of the JVM's own.
   * Without a launcher any descriptor counts as passed on.
   */
  public static boolean include(long descriptor) {
    return System.getProperty(NUMBERS) == null || numbers().contains(Long.toString(descriptor));
  }
}
