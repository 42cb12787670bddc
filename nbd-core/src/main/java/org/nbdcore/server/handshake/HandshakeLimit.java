package org.nbdcore.server.handshake;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nbdcore.server.wire.Wire;

/**
 * Limits the number of clients in the handshake, because each needs a thread and a few kilobytes.
 * Above the limit, disconnects the client that has been silent longest.
 *
 * <p>The monitor guards the list. No other code is called while it is held.
 */
public final class HandshakeLimit {

  public static final int MAX_CLIENTS = 1024;

  private final Map<Wire, Runnable> waiting = new LinkedHashMap<>(); // in order of registration

  /**
   * Registers a client that the server waits for, until {@link #remove}.
   *
   * @param drop disconnects the client
   */
  public void add(Wire client, Runnable drop) {
    Runnable eldest = null;
    synchronized (this) {
      waiting.put(client, drop);
      if (waiting.size() > MAX_CLIENTS) {
        Iterator<Runnable> first = waiting.values().iterator();
        eldest = first.next();
        first.remove();
      }
    }
    if (eldest != null) {
      eldest.run();
    }
  }

  /** Call this when the client has sent something or has disconnected. */
  public synchronized void remove(Wire client) {
    waiting.remove(client);
  }
}
