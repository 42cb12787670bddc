package org.nbdcore.server.transmission;

import java.util.concurrent.Executor;
import org.nbdcore.log.DebugOnce;
import org.nbdcore.server.memory.SlabPool;

/**
 * The state that all transmission phases of a server share.
 *
 * @param pool the memory of all connections
 * @param threads run tasks that may block
 * @param monitor detects calls that take long
 * @param spinLimit limits the number of spinning threads
 * @param unflaggedWrites logged when a client with extended headers writes without {@code
 *     NBD_CMD_FLAG_PAYLOAD_LEN}
 * @param requests maximum number of requests in progress of one connection
 */
public record TransmissionContext(
    SlabPool pool,
    Executor threads,
    CallMonitor monitor,
    SpinLimit spinLimit,
    DebugOnce unflaggedWrites,
    int requests) {

  /** The message of {@link #unflaggedWrites}. */
  public static final String UNFLAGGED_WRITES =
      "a client sends writes without NBD_CMD_FLAG_PAYLOAD_LEN, as QEMU does; they are taken as if"
          + " it were set";
}
