package org.nbdcore.plugin.vddk;

import com.sun.jna.Pointer;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.nbdcore.plugin.vddk.VddkApi.LogCallback;
import org.nbdcore.spi.Log;

/**
 * VDDK's three log callbacks. Its log lines become debug messages, its warnings and panics become
 * errors. Lines of known issues are kept to explain a later error, because VDDK often returns
 * "Unknown error" and logs the reason.
 */
final class VddkLog {

  private final Log log;

  // Kept in fields, because VDDK calls them until the process ends.
  private final LogCallback debug = (format, arguments) -> receive(false, format, arguments);
  private final LogCallback error = (format, arguments) -> receive(true, format, arguments);

  /** The log callback for VDDK. */
  final Pointer debugFunction = SmallStacks.line(debug, line -> receive(false, line));

  /** The callback for VDDK's warnings and panics. */
  final Pointer errorFunction = SmallStacks.line(error, line -> receive(true, line));

  /** The errors since {@link #forget}. */
  private KnownIssue.Found knownIssue; // guarded by this

  /** VDDK's version, from the first line that it logs. */
  private static final Pattern VERSION = Pattern.compile("VMware VixDiskLib \\([^)]*\\).*");

  private volatile String version = "VDDK";

  /** Libraries that VDDK could not open. */
  private final Set<String> missing = new LinkedHashSet<>(); // guarded by this

  /** Issues that the log has explained already. */
  private final Set<KnownIssue> explained = EnumSet.noneOf(KnownIssue.class); // guarded by this

  private static final Predicate<String> NONE = library -> false;

  /** Libraries whose absence is not logged, because the plugin handles it. */
  private volatile Predicate<String> excused = NONE;

  VddkLog(Log log) {
    this.log = log;
  }

  private void receive(boolean isError, Pointer format, Pointer arguments) {
    try {
      receive(isError, VariadicFormatter.format(format, arguments));
    } catch (Throwable e) {
      // No exception may reach VDDK.
      log.error("a message of VDDK was lost", e);
    }
  }

  private void receive(boolean isError, String line) {
    String library = KnownIssue.missingLibrary(line);
    if (library != null && excused.test(library)) {
      log.debug(line);
      missed(library);
      return;
    }
    if (isError && !harmless(line)) {
      log.error(line);
    } else {
      log.debug(line);
    }
    if (version.equals("VDDK") && VERSION.matcher(line).matches()) {
      version = line;
    }
    KnownIssue.Found found = KnownIssue.in(line);
    if (found != null) {
      explain(found, library);
    }
  }

  /** True for lines of VDDK's customer experience programme, which usually fails. */
  private static boolean harmless(String line) {
    return line.contains("Get CEIP status failed") || line.contains("VDDK_PhoneHome:");
  }

  private synchronized void missed(String library) {
    missing.add(library);
  }

  /** Does not log missing libraries that match the predicate, until {@link #excuseNone}. */
  void excuse(Predicate<String> libraries) {
    excused = libraries;
  }

  /** Ends the effect of {@link #excuse}. */
  void excuseNone() {
    excused = NONE;
  }

  private void explain(KnownIssue.Found found, String library) {
    boolean first;
    synchronized (this) {
      if (library != null) {
        missing.add(library);
      }
      knownIssue = knownIssue == null ? found : knownIssue;
      first = explained.add(found.knownIssue());
    }
    if (first) {
      log.warn(found.remedy());
    }
  }

  /** The known issue that VDDK has logged since {@link #forget}; or null. */
  synchronized KnownIssue.Found knownIssue() {
    return knownIssue;
  }

  /** VDDK's name and version, as far as its log shows them. */
  String version() {
    return version;
  }

  /** The names of libraries that VDDK could not open. */
  synchronized List<String> missing() {
    return List.copyOf(missing);
  }

  /** Clears the logged issues. Call this before a call whose issues are needed. */
  synchronized void forget() {
    knownIssue = null;
  }
}
