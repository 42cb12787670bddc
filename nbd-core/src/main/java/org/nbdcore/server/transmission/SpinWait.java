package org.nbdcore.server.transmission;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.server.wire.Wire;

/**
 * Spins on a wire for a short time before its reader blocks. If the next request arrives soon, no
 * sleeping processor must be woken. It measures the waits: a connection that does not profit stops
 * spinning.
 */
final class SpinWait {

  /**
   * The approximate time to wake a thread. If a wait is shorter, spinning would have been faster.
   */
  private static final long WAKING_NANOS = 60_000;

  private final Wire wire;
  private final SpinLimit spinLimit;
  private int misses;

  SpinWait(Wire wire, SpinLimit spinLimit) {
    this.wire = wire;
    this.spinLimit = spinLimit;
  }

  /** Reads as soon as there is input. Returns 0 when the thread should block. */
  int read(ByteBuffer dst, WorkQueue queue) throws IOException {
    if (misses >= 4 || spinLimit.maxNanos() == 0 || queue.busy() || !spinLimit.enter()) {
      return 0;
    }
    try {
      long end = System.nanoTime() + spinLimit.maxNanos();
      do {
        Thread.onSpinWait();
        int count = wire.read(dst);
        if (count != 0) {
          misses = 0;
          return count;
        }
      } while (System.nanoTime() - end < 0);
      misses++;
      return 0;
    } finally {
      spinLimit.exit();
    }
  }

  /** Blocks until there is input, or for {@code nanos}. */
  void await(long nanos) throws IOException {
    long start = System.nanoTime();
    wire.awaitReadable(nanos);
    if (misses > 0 && System.nanoTime() - start < WAKING_NANOS + spinLimit.maxNanos() / 2) {
      misses--;
    }
  }
}
