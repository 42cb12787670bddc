package org.nbdcore.server.transmission;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.nbdcore.server.memory.SlabPool;

/**
 * Watches the receivers of all connections. If a receiver is blocked in a call, the monitor starts
 * another one, so a slow call does not delay the further requests of its connection. It sleeps
 * while no request is in progress, except to free unneeded memory.
 */
public final class CallMonitor implements Runnable {

  private static final long TICK_NANOS = 1_000_000;
  private static final int QUIET_TICKS = 20;

  private static final long TRIM_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Set<Transmission> watched = ConcurrentHashMap.newKeySet();
  private final SlabPool pool;
  private final Thread thread;
  private volatile boolean asleep;
  private volatile boolean ended;

  /** Creates a monitor that also frees unneeded memory of {@code pool} from time to time. */
  public CallMonitor(SlabPool pool) {
    this.pool = pool;
    thread = new Thread(this, "nbd-monitor");
    thread.setDaemon(true);
  }

  public void start() {
    thread.start();
  }

  public void end() {
    ended = true;
    LockSupport.unpark(thread);
  }

  void watch(Transmission transmission) {
    watched.add(transmission);
  }

  void unwatch(Transmission transmission) {
    watched.remove(transmission);
  }

  /** A receiver calls this after it has entered a call. */
  void callStarts() {
    if (asleep) {
      asleep = false;
      LockSupport.unpark(thread);
    }
  }

  @Override
  public void run() {
    int quiet = 0;
    while (!ended) {
      quiet = checkAll() ? 0 : quiet + 1;
      if (quiet < QUIET_TICKS) {
        LockSupport.parkNanos(this, TICK_NANOS);
        continue;
      }
      asleep = true;
      if (!checkAll()) { // check again: a call may have started before asleep was set
        while (asleep && !ended) {
          pool.trim();
          LockSupport.parkNanos(this, TRIM_NANOS);
        }
      }
      asleep = false;
      quiet = 0;
    }
  }

  /** Checks all receivers. Returns true if any has made a call since the last check. */
  private boolean checkAll() {
    boolean active = false;
    for (Transmission transmission : watched) {
      active |= transmission.receiver().overtakeIfBlocked();
    }
    return active;
  }
}
