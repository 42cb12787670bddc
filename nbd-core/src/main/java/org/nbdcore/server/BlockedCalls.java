package org.nbdcore.server;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds the calls of plugins and filters in which threads are blocked, for the message about a
 * server that cannot stop.
 */
final class BlockedCalls {

  private static final int MAX_CALLS = 5;

  private BlockedCalls() {}

  /** Returns the blocked calls, such as {@code org.example.Disk.read}. */
  static String describe() {
    Set<String> places = new TreeSet<>();
    for (Map.Entry<Thread, StackTraceElement[]> entry : Thread.getAllStackTraces().entrySet()) {
      if (entry.getKey().getName().startsWith(ServerThreads.NAME)) {
        innermost(entry.getValue()).ifPresent(places::add);
      }
    }
    return String.join(", ", places.stream().limit(MAX_CALLS).toList());
  }

  /** The innermost method of a plugin or filter on the stack. */
  private static Optional<String> innermost(StackTraceElement[] stack) {
    for (StackTraceElement frame : stack) {
      String name = frame.getClassName();
      if (!frame.isNativeMethod()
          && !name.startsWith("java.")
          && !name.startsWith("jdk.")
          && !name.startsWith("sun.")) {
        boolean server = name.startsWith(BlockedCalls.class.getPackageName() + ".");
        return server ? Optional.empty() : Optional.of(name + "." + frame.getMethodName());
      }
    }
    return Optional.empty();
  }
}
