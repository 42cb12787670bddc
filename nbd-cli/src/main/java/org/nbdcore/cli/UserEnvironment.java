package org.nbdcore.cli;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.nbdcore.system.ProcessCalls;

/**
 * The user's original environment variables. {@link Restart} or the launcher may have changed some
 * for this process, which the user's commands must not see.
 */
final class UserEnvironment {

  /** The names of the variables that were changed. */
  private static final String CHANGED = "NBD_CORE_RESTARTED";

  /** The numbers of the descriptors that hold secrets. */
  private static final String DESCRIPTORS = "NBD_CORE_RESTARTED_FDS";

  /** Prefix of the variables with the original values; missing for a variable that was not set. */
  private static final String BEFORE = "NBD_CORE_USER_";

  /**
   * The launcher sets this property to {@code =} and the caller's LC_ALL, or to nothing if that was
   * not set: the JVM itself runs with UTF-8.
   */
  private static final String LOCALE = "nbdcore.locale";

  private static final String LOCALE_VARIABLE = "LC_ALL";

  private UserEnvironment() {}

  /** True if this process was restarted with other variables. */
  static boolean changed(Map<String, String> environment) {
    return environment.containsKey(CHANGED);
  }

  /** Changes the environment variables before the process executes the program again. */
  static void change(
      Map<String, String> wanted, Map<String, String> environment, Set<Integer> descriptors) {
    ProcessCalls.setenv(CHANGED, String.join(" ", wanted.keySet()), 1);
    ProcessCalls.setenv(
        DESCRIPTORS, descriptors.stream().map(String::valueOf).collect(Collectors.joining(" ")), 1);
    wanted.forEach(
        (name, value) -> {
          String before = environment.get(name);
          if (before != null) {
            ProcessCalls.setenv(BEFORE + name, before, 1);
          }
          ProcessCalls.setenv(name, value, 1);
        });
  }

  /** Closes the descriptors through which secrets were passed, after they are read. */
  static void closeDescriptors(Map<String, String> environment) {
    for (String number : environment.getOrDefault(DESCRIPTORS, "").split(" ")) {
      if (!number.isEmpty()) {
        ProcessCalls.close(Integer.parseInt(number));
      }
    }
  }

  /** Sets the user's own variables in the environment of a child process. */
  static void restore(Map<String, String> child) {
    String locale = System.getProperty(LOCALE);
    if (locale != null && locale.isEmpty()) {
      child.remove(LOCALE_VARIABLE);
    } else if (locale != null) {
      child.put(LOCALE_VARIABLE, locale.substring(1));
    }
    String changed = child.remove(CHANGED);
    child.remove(DESCRIPTORS);
    if (changed != null) {
      for (String name : changed.split(" ")) {
        String before = child.remove(BEFORE + name);
        if (before == null) {
          child.remove(name);
        } else {
          child.put(name, before);
        }
      }
    }
  }
}
