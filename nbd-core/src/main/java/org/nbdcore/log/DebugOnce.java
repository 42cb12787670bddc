package org.nbdcore.log;

import java.util.concurrent.atomic.AtomicBoolean;

/** A message for {@code --verbose} that is logged once, however often it is due. For any thread. */
public final class DebugOnce {

  private final String message;
  private final AtomicBoolean logged = new AtomicBoolean();

  /** Logs nothing yet. */
  public DebugOnce(String message) {
    this.message = message;
  }

  /** Logs the message if this is the first time. */
  public void log() {
    // read first: this may be due with every request, on every connection
    if (!logged.get() && logged.compareAndSet(false, true)) {
      ServerLog.LOG.debug(() -> message);
    }
  }
}
