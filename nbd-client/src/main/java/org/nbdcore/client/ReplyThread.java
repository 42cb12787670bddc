package org.nbdcore.client;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The background threads of a client. This thread reads all replies. With a time limit, another one
 * watches the clock. Both end with the connection. They exist only after an asynchronous call or
 * with a time limit.
 */
final class ReplyThread extends Thread {

  private final RequestMultiplexer requests;
  private final @Nullable Thread clock; // null without a time limit

  /**
   * Prepares the threads.
   *
   * @param timeoutNanos 0 for no time limit
   */
  ReplyThread(RequestMultiplexer requests, long timeoutNanos) {
    super("nbd-client replies");
    this.requests = requests;
    clock = timeoutNanos > 0 ? new Thread(this::watch, "nbd-client clock") : null;
    setDaemon(true);
  }

  @Override
  public void run() {
    if (clock != null) {
      clock.setDaemon(true);
      clock.start();
    }
    requests.leadUntilClosed();
    LockSupport.unpark(clock);
  }

  private void watch() {
    for (long nanos = requests.endLateRequests(); nanos >= 0; nanos = requests.endLateRequests()) {
      LockSupport.parkNanos(this, Math.max(1_000_000, nanos));
    }
  }
}
