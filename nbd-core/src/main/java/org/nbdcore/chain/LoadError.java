package org.nbdcore.chain;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nbdcore.log.ExceptionText;

/** Explains to the user why a provider's class cannot be used. */
final class LoadError {

  /** Class files of Java N have version N + 44. */
  private static final int CLASS_FILE_OFFSET = 44;

  private static final Pattern CLASS_FILE = Pattern.compile("class file version (\\d+)");

  private LoadError() {}

  /**
   * Explains the failure of a layer; for a class that could not be loaded, in words for the user
   * who installed the jar.
   */
  static String within(String layer, Throwable failure) {
    return failure instanceof LinkageError ? reason(failure) : ExceptionText.within(layer, failure);
  }

  static String reason(Throwable failure) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (at instanceof UnsupportedClassVersionError) {
        return newerJava(String.valueOf(at.getMessage()));
      }
      if (at instanceof NoClassDefFoundError || at instanceof ClassNotFoundException) {
        return "it needs the class "
            + String.valueOf(at.getMessage()).replace('/', '.')
            + ", which is not in the jar";
      }
    }
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root == failure
        ? String.valueOf(failure.getMessage())
        : failure.getMessage() + ": " + ExceptionText.of(root);
  }

  private static String newerJava(String message) {
    Matcher matcher = CLASS_FILE.matcher(message);
    String needed =
        matcher.find()
            ? "Java " + (Integer.parseInt(matcher.group(1)) - CLASS_FILE_OFFSET)
            : "a newer Java";
    return "it was compiled for " + needed + ", but this is Java " + Runtime.version().feature();
  }
}
