package org.nbdcore.server.handshake;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nbdcore.server.wire.Wire;

/**
 * The clients that have not chosen an export yet and are waited for. Each costs a thread and a few
 * kilobytes, so there may be so many; beyond, the one that has been silent longest goes.
 *
 * <p>The monitor guards the order; nothing is called while it is held.
 */
public final class HandshakeLimit {

  public static final int MOST = 1024;

  private final Map<Wire, Runnable> waiting = new LinkedHashMap<>(); // in the order of arrival

  /**
   * A client is waited for from now on, until {@link #heard}.
   *
   * @param drop sends it away
   */
  public void awaited(Wire client, Runnable drop) {
    Runnable eldest = null;
    synchronized (this) {
      waiting.put(client, drop);
      if (waiting.size() > MOST) {
        Iterator<Runnable> first = waiting.values().iterator();
        eldest = first.next();
        first.remove();
      }
    }
    if (eldest != null) {
      eldest.run();
    }
  }

  /** It has sent something, or goes. */
  public synchronized void heard(Wire client) {
    waiting.remove(client);
  }
}
