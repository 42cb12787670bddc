package org.nbdcore.filter.common;

import java.util.HashMap;
import java.util.Map;
import org.nbdcore.spi.Session;

/**
 * The connections that have a device open. One that opens several counts once; devices that layers
 * open for themselves do not count. Safe for use by several threads.
 */
public final class ConnectionCounter {

  private final Map<Long, Integer> devices = new HashMap<>(); // guarded by this

  /** How many there are. */
  public synchronized int count() {
    return devices.size();
  }

  /** Counts a device, unless that made more than {@code limit} connections. */
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

  /** A device was closed; returns whether that was the last one of the last connection. */
  public synchronized boolean leave(Session session) {
    if (session.number() == 0) {
      return false;
    }
    devices.computeIfPresent(session.number(), (number, open) -> open == 1 ? null : open - 1);
    return devices.isEmpty();
  }
}
