package org.nbdcore.filter.common;

import java.util.HashMap;
import java.util.Map;
import org.nbdcore.spi.Session;

/**
 * Counts the connections that have a device open. A connection with several devices counts once.
 * Devices that a layer opens for its own use do not count. Safe for use by several threads.
 */
public final class ConnectionCounter {

  private final Map<Long, Integer> devices = new HashMap<>(); // guarded by this

  /** The number of connections. */
  public synchronized int count() {
    return devices.size();
  }

  /** Counts a device, unless there would be more than {@code limit} connections. */
  public synchronized boolean enter(Session session, int limit) {
    if (session.number() == 0) {
      return true;
    }
    if (devices.size() >= limit && !devices.containsKey(session.number())) {
      return false;
    }
    devices.merge(session.number(), 1, Integer::sum);
    return true;
  }

  /**
   * Call this after a device is closed. Returns true if it was the last device of the last
   * connection.
   */
  public synchronized boolean leave(Session session) {
    if (session.number() == 0) {
      return false;
    }
    devices.computeIfPresent(session.number(), (number, open) -> open == 1 ? null : open - 1);
    return devices.isEmpty();
  }
}
