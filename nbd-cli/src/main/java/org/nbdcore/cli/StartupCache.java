package org.nbdcore.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Checks whether the JVM uses the start-up cache that the launcher has specified. If not, the file
 * is damaged or belongs to another JVM, which the launcher cannot detect, and it must be created
 * again. If the JVM uses the file, records this for the launcher.
 */
final class StartupCache {

  /** The launcher sets this property to the file's path if it uses one. */
  private static final String FILE = "nbdcore.cache";

  /**
   * System property: what to record if this JVM has verified the file. Not set without
   * verification.
   */
  private static final String CHECK = "nbdcore.cache.check";

  private static final Path MAPPED = Path.of("/proc/self/maps");

  private StartupCache() {}

  /** Makes the launcher create the cache at its next start if this JVM has refused it. */
  static void check() {
    String file = System.getProperty(FILE);
    if (file == null) {
      return;
    }
    try {
      // The system shows the name without links: cache/ of an installed package is one.
      if (!isMapped(" " + Path.of(file).toRealPath())) {
        Files.deleteIfExists(Path.of(file + ".for"));
      } else if (!System.getProperty(CHECK, "").isEmpty()) {
        Files.writeString(Path.of(file + ".checked"), System.getProperty(CHECK) + "\n");
      }
    } catch (IOException | RuntimeException e) {
      // another system, a name that is not UTF-8, or a folder that is not writable: leave the file
    }
  }

  private static boolean isMapped(String end) throws IOException {
    try (BufferedReader maps = Files.newBufferedReader(MAPPED)) {
      for (String line = maps.readLine(); line != null; line = maps.readLine()) {
        if (line.endsWith(end)) {
          return true;
        }
      }
      return false;
    }
  }

  /**
   * Calls {@link #check} only if there is something to record. For short runs such as {@code
   * --help}, which must end at once.
   */
  static void checkIfVerified() {
    if (System.getProperty(CHECK) != null) {
      check();
    }
  }
}
