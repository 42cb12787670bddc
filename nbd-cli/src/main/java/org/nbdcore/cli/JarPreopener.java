package org.nbdcore.cli;

/**
 * Opens every jar of the program while there are descriptors. Classes come from the start-up cache
 * as long as they are in there, without their jar; one that is not, and is first needed when the
 * process has run out of descriptors, could not be loaded, neither then nor ever after.
 */
final class JarPreopener {

  private JarPreopener() {}

  /** Does so beside whatever else is done. */
  static void begin() {
    Thread thread = new Thread(JarPreopener::now, "nbd-jars");
    thread.setDaemon(true);
    try {
      thread.start();
    } catch (OutOfMemoryError e) {
      // no thread is to be had: serving goes before
    }
  }

  private static void now() {
    // looking for what is nowhere looks everywhere
    ClassLoader.getSystemResource("org/nbdcore/none");
    StartupCache.check();
  }
}
