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
  private static final long CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean closed; // guarded by lock
  private boolean resumed; // ends a pause that still waits; guarded by lock
  private int inProgress; // guarded by lock

  /** Blocks while the gate is closed, then counts a request. Call {@link #leave} afterwards. */
  void enter(Session session) throws NbdException {
    lock.lock();
    try {
      while (closed) {
        if (!session.connected()) {
          throw new NbdException(
              NbdError.ESHUTDOWN, "the client disconnected while its request was paused");
        }
        changed.awaitNanos(CHECK_NANOS);
      }
      inProgress++;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NbdException(NbdError.ESHUTDOWN, "the server's thread was interrupted", e);
    } finally {
      lock.unlock();
    }
  }

  /** Counts a request if the gate is open. Returns false if it is closed. */
  boolean enterNow() {
    lock.lock();
    try {
      if (closed) {
        return false;
      }
      inProgress++;
      return true;
    } finally {
      lock.unlock();
    }
  }

  void leave() {
    lock.lock();
    try {
      inProgress--;
      if (inProgress == 0) {
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Closes the gate. Waits for the requests in progress, or for {@link #resume}. */
  void pause() {
    lock.lock();
    try {
      closed = true;
      resumed = false;
      while (inProgress > 0 && !resumed) {
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
      closed = false;
      resumed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
