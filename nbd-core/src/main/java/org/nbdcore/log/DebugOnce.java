package org.nbdcore.log;

import java.util.concurrent.atomic.AtomicBoolean;

/** A debug message that is logged at most once. Safe for use by several threads. */
public final class DebugOnce {

  private final String message;
  private final AtomicBoolean logged = new AtomicBoolean();

  /** Stores the message. */
  public DebugOnce(String message) {
    this.message = message;
  }

  /** Logs the message if this is the first time. */
  public void log() {
    // read first: this may run for every request of every connection
    if (!logged.get() && logged.compareAndSet(false, true)) {
      ServerLog.LOG.debug(() -> message);
    }
  }
}
