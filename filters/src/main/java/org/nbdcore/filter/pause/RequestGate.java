package org.nbdcore.filter.pause;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Session;

/** Counts the requests in progress. While it is closed, new requests block. */
final class RequestGate {

  /** Interval at which a waiting request checks that its client is connected. */
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean shut; // guarded by lock
  private boolean resumed; // ends a pause that waits; guarded by lock
  private int inside; // guarded by lock

  /** Blocks while the gate is closed, then counts a request. Call {@link #leave} afterwards. */
  void enter(Session session) throws NbdException {
    lock.lock();
    try {
      while (shut) {
        if (!session.connected()) {
          throw new NbdException(NbdError.ESHUTDOWN, "the client has gone while it was paused");
        }
        changed.awaitNanos(LOOK_NANOS);
      }
      inside++;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NbdException(NbdError.ESHUTDOWN, "the server's thread was interrupted", e);
    } finally {
      lock.unlock();
    }
  }

  /** Counts a request unless the gate is shut; whether it did. */
  boolean enterNow() {
    lock.lock();
    try {
      if (shut) {
        return false;
      }
      inside++;
      return true;
    } finally {
      lock.unlock();
    }
  }

  void leave() {
    lock.lock();
    try {
      inside--;
      if (inside == 0) {
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Shuts the gate and waits for the requests that have passed, or for {@link #resume}. */
  void pause() {
    lock.lock();
    try {
      shut = true;
      resumed = false;
      while (inside > 0 && !resumed) {
        changed.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Opens the gate. */
  void resume() {
    lock.lock();
    try {
      shut = false;
      resumed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
