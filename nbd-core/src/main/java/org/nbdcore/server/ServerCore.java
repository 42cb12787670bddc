package org.nbdcore.server;

import java.util.concurrent.Executor;
import org.nbdcore.spi.Backend;

/**
 * What all connections of a server share.
 *
 * @param top the layer of the chain nearest the client
 * @param spinLimit limits how many threads watch for input without giving up their processor
 * @param silent limits how many clients are waited for before they have chosen an export
 * @param rejections logs who was sent away
 * @param unflaggedWrites due when a client with extended headers writes without {@code
 *     NBD_CMD_FLAG_PAYLOAD_LEN}
 */
record ServerCore(
    ServerOptions options,
    Backend top,
    RequestLocks locks,
    BufferPool pool,
    Executor threads,
    CallMonitor monitor,
    SpinLimit spinLimit,
    WarnOnce unflaggedWrites,
    HandshakeLimit silent,
    RejectionLog rejections) {

  /** The message of {@link #unflaggedWrites}. */
  static final String UNFLAGGED_WRITES =
      "a client sends writes without NBD_CMD_FLAG_PAYLOAD_LEN, as QEMU does; they are taken as if"
          + " it were set";
}
