package org.nbdcore.cli;

import java.io.IOException;
import org.nbdcore.system.ErrorText;
import org.nbdcore.system.ProcessCalls;

/**
 * Locks the process into memory ({@code --swap}). If the host swaps to the served disk, a server
 * that is swapped out would deadlock.
 */
final class LockedMemory {

  private static final int CURRENT_AND_FUTURE = 1 | 2;
  private static final int RLIMIT_MEMLOCK = 8;
  private static final long UNLIMITED = -1;

  private LockedMemory() {}

  /**
   * Locks the current and all future memory of the process.
   *
   * @param another whether the process changes its user later; the limit applies to that user
   * @throws IOException if the system does not allow that
   */
  static void lock(boolean another) throws IOException {
    try {
      // If raising the limit fails, the existing limit may be sufficient.
      int raised = ProcessCalls.setrlimit(RLIMIT_MEMLOCK, new long[] {UNLIMITED, UNLIMITED});
      if (raised != 0 && another) {
        throw new IOException(
            "--swap with --user: the limit of locked memory cannot be lifted: "
                + ErrorText.last()
                + "; lift it before: ulimit -l unlimited");
      }
      if (ProcessCalls.mlockall(CURRENT_AND_FUTURE) != 0) {
        throw new IOException(
            "--swap: the process cannot be locked into memory: "
                + ErrorText.last()
                + "; start it as root, or raise the limit: ulimit -l unlimited");
      }
    } catch (LinkageError e) {
      throw new IOException("--swap needs JNA, which does not load here", e);
    }
  }
}
