package org.nbdcore.cli;

import java.util.Optional;
import org.nbdcore.system.ProcessCalls;

/** Stops the program when its parent ends ({@code --exit-with-parent}). */
final class ParentWatch {

  /** The launcher sets this property to the parent it had when it was started. */
  private static final String EXPECTED = "nbdcore.parent";

  private ParentWatch() {}

  /**
   * Starts to watch the parent. Call it on a thread that lives as long as the process, because the
   * system ties the signal to that thread.
   *
   * @param stop called if the system cannot send SIGTERM itself
   */
  static void start(Runnable stop) {
    Optional<ProcessHandle> parent = ProcessHandle.current().parent();
    long expected = Long.getLong(EXPECTED, parent.map(ProcessHandle::pid).orElse(0L));
    if (!armed()) {
      parent.ifPresent(process -> process.onExit().thenRun(stop));
    }
    // The parent may have ended before the signal was armed. Then this process has a new parent.
    long actual = ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(0L);
    if (actual != expected) {
      stop.run();
    }
  }

  /**
   * Call it on the same thread after a change of user, because the system then clears the signal.
   */
  static void armAgain() {
    armed();
  }

  private static boolean armed() {
    try {
      return ProcessCalls.prctl(ProcessCalls.PR_SET_PDEATHSIG, ProcessCalls.SIGTERM) == 0;
    } catch (LinkageError e) {
      return false;
    }
  }
}
