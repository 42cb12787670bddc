package org.nbdcore.system;

/**
 * Finds out whether system calls work. JNA is loaded at the first system call and not before,
 * because loading it takes a tenth of a second.
 */
public final class SystemCalls {

  private static final boolean EXPECTED = linux64() && jnaPresent();

  private SystemCalls() {}

  /**
   * True if system calls should work: on 64-bit Linux, with JNA on the class path. This method
   * loads nothing, so a call may still throw a {@link LinkageError}.
   */
  public static boolean expected() {
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
}
