package org.nbdcore.log;

import java.util.concurrent.atomic.AtomicBoolean;

/** A warning that is logged once, however often it is due. For any thread. */
public final class WarnOnce {

  private final String message;
  private final AtomicBoolean logged = new AtomicBoolean();

  public WarnOnce(String message) {
    this.message = message;
  }

  /** Logs the message if this is the first time. */
  public void log() {
    // read first: this may be due with every request, on every connection
    if (!logged.get() && logged.compareAndSet(false, true)) {
      ServerLog.LOG.warn(message);
    }
  }
}
