package org.nbdcore.cli;

/**
 * Opens every jar of the program while descriptors are available. The JVM loads classes from the
 * start-up cache without opening their jar. A class that is not in the cache needs its jar. If the
 * process has no free descriptor at that time, the class can never be loaded again.
 */
final class JarPreopener {

  private JarPreopener() {}

  /** Opens the jars in the background. */
  static void begin() {
    OptionalThread.start("nbd-jars", JarPreopener::now);
  }

  private static void now() {
    // the search for a missing resource opens every jar
    ClassLoader.getSystemResource("org/nbdcore/none");
    StartupCache.check();
  }
}
