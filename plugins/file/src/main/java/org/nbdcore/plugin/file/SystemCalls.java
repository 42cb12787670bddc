package org.nbdcore.plugin.file;

/**
 * Whether the system calls that Java lacks can be made. JNA is loaded when the first of them is
 * made, never before: it takes a tenth of a second.
 */
final class SystemCalls {

  private static final boolean EXPECTED = linux64() && jnaPresent();

  private SystemCalls() {}

  /** Whether they should work here; nothing is loaded to find out. */
  static boolean expected() {
    return EXPECTED;
  }

  private static boolean linux64() {
    String arch = System.getProperty("os.arch");
    return System.getProperty("os.name").equals("Linux")
        && (arch.contains("64") || arch.equals("s390x"));
  }

  private static boolean jnaPresent() {
    try {
      Class.forName("com.sun.jna.Native", false, SystemCalls.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  /** The system's text for an error number, or null if it cannot be asked. */
  static String errorText(int number) {
    if (!EXPECTED) {
      return null;
    }
    try {
      return Strerror.strerror(number);
    } catch (LinkageError e) {
      return null;
    }
  }
}
