package org.nbdcore.plugin.vddk;

import com.sun.jna.Pointer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.nbdcore.plugin.vddk.VddkApi.LogCallback;
import org.nbdcore.spi.Log;

/**
 * VDDK's three log callbacks. Its log lines become our debug lines, its warnings and panics our
 * errors. The last lines are kept for explaining an error: VDDK often answers "Unknown error" and
 * logs the reason.
 */
final class VddkLog {

  private static final int KEPT = 100;

  private final Log log;

  // Kept in fields: VDDK calls them as long as the process lives.
  final LogCallback debug = (format, arguments) -> receive(false, format, arguments);
  final LogCallback warn = (format, arguments) -> receive(true, format, arguments);
  final LogCallback panic = (format, arguments) -> receive(true, format, arguments);

  private final Deque<String> recent = new ArrayDeque<>(); // guarded by itself

  VddkLog(Log log) {
    this.log = log;
    for (LogCallback callback : List.of(debug, warn, panic)) {
      ForeignThreads.keepAttached(callback);
    }
  }

  private void receive(boolean isError, Pointer format, Pointer arguments) {
    try {
      String line = Libc.format(format, arguments);
      synchronized (recent) {
        if (recent.size() == KEPT) {
          recent.removeFirst();
        }
        recent.addLast(line);
      }
      if (isError && !harmless(line)) {
        log.error(line);
      } else {
        log.debug(line);
      }
    } catch (Throwable e) {
      // Nothing may be thrown into VDDK.
      log.error("a message of VDDK's was lost", e);
    }
  }

  /** VDDK's customer experience programme fails wherever there is none. */
  private static boolean harmless(String line) {
    return line.contains("Get CEIP status failed") || line.contains("VDDK_PhoneHome:");
  }

  /** The last lines, oldest first. */
  List<String> recent() {
    synchronized (recent) {
      return new ArrayList<>(recent);
    }
  }

  /** Forgets the last lines, before a call whose own lines are wanted. */
  void forget() {
    synchronized (recent) {
      recent.clear();
    }
  }
}
