package org.nbdcore.spi;

import java.util.Arrays;
import java.util.List;

/**
 * The file descriptors that the server inherited from the process that started it, except the
 * standard streams. The launcher determines them before the JVM opens files of its own.
 */
public final class InheritedDescriptors {

  /** The launcher sets this system property to their numbers, separated by blanks. */
  private static final String NUMBERS = "nbdcore.inherited";

  private InheritedDescriptors() {}

  /**
   * The numbers of the descriptors, in decimal. Empty if the JVM was started without the launcher.
   */
  public static List<String> numbers() {
    String numbers = System.getProperty(NUMBERS, "");
    return numbers.isEmpty() ? List.of() : Arrays.asList(numbers.split(" "));
  }

  /**
   * True if a descriptor was inherited. If not, the number may belong to a file of the JVM. Without
   * the launcher, this returns true for every descriptor.
   */
  public static boolean contains(long descriptor) {
    return System.getProperty(NUMBERS) == null || numbers().contains(Long.toString(descriptor));
  }
}
