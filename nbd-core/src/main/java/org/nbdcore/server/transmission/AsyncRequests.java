package org.nbdcore.server.transmission;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.nbdcore.log.ConnectionContext;
import org.nbdcore.log.ServerLog;

/**
 * The asynchronous requests of one connection. They need no thread each: one completion thread
 * sends all replies, in the order in which the requests complete, several in one write if possible.
 * The thread is created on first use, and ends after an idle time.
 *
 * <p>The monitor of this object guards the fields that other threads use too. No other code is
 * called while it is held.
 */
final class AsyncRequests implements Runnable {

  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final Transmission t;
  private final ArrayDeque<Request> completed = new ArrayDeque<>();
  private final Request[] taken = new Request[ReplyQueue.MAX_REPLIES]; // of the completion thread
  private int inProgress; // requests without a reply
  private boolean running; // the completion thread exists or is being started
  private Thread waiting; // the completion thread, if it is parked
  private boolean closed;

  AsyncRequests(Transmission transmission) {
    t = transmission;
  }

  /**
   * Submits a request to the device. Blocks while the limit of requests in progress is reached.
   *
   * @param request a read or write with its slab
   * @return false, without effect, if a worker must execute the request
   */
  boolean submit(Request request) {
    if (!t.queue.enter()) {
      return false;
    }
    boolean submitted = false;
    try {
      submitted = ensureThread() && trySubmit(request);
    } finally {
      if (!submitted) {
        answered(1);
        t.queue.exit(1);
      }
    }
    return submitted;
  }

  private boolean trySubmit(Request request) {
    request.inFlight = this;
    try {
      return t.operations.submit(request);
    } catch (IOException | RuntimeException | Error e) {
      request.completed(
          () -> {
            throw e;
          });
      return true;
    }
  }

  /** Counts a request; returns false if no completion thread can be started. */
  private boolean ensureThread() {
    boolean there;
    synchronized (this) {
      inProgress++;
      there = running;
      running = true;
    }
    if (there) {
      return true;
    }
    boolean started = false;
    try {
      t.start(this);
      started = true;
    } catch (RuntimeException | OutOfMemoryError e) {
      ServerLog.LOG.warn("the system allows no further thread: " + e.getMessage());
    } finally {
      if (!started) {
        synchronized (this) {
          running = false;
        }
      }
    }
    return started;
  }

  /** Records a completed request. It does not block the calling thread. */
  void completed(Request request) {
    Thread woken;
    synchronized (this) {
      completed.addLast(request);
      woken = waiting;
      waiting = null;
    }
    LockSupport.unpark(woken);
  }

  /** No more requests will be submitted; those in progress still get their replies. */
  void close() {
    Thread woken;
    synchronized (this) {
      closed = true;
      woken = waiting;
      waiting = null;
    }
    LockSupport.unpark(woken);
  }

  @Override
  public void run() {
    ConnectionContext.set(t.session);
    try {
      for (int count = take(); count > 0; count = take()) {
        answer(count);
      }
    } finally {
      ConnectionContext.clear();
      t.leave();
    }
  }

  /**
   * Waits for completed requests and takes them. Returns their number, or 0 if this thread must
   * end.
   */
  private int take() {
    long since = System.nanoTime();
    while (true) {
      synchronized (this) {
        if (!completed.isEmpty()) {
          break;
        }
        if (inProgress == 0 && (closed || System.nanoTime() - since >= IDLE_NANOS)) {
          running = false;
          return 0;
        }
        waiting = Thread.currentThread();
      }
      LockSupport.parkNanos(this, IDLE_NANOS);
    }
    int count = 0;
    synchronized (this) {
      waiting = null;
      while (count < taken.length && !completed.isEmpty()) {
        taken[count++] = completed.pollFirst();
      }
    }
    return count;
  }

  private void answer(int count) {
    try {
      t.queue.exit(count); // before sending, so that the device gets the next requests meanwhile
    } catch (RuntimeException | Error e) {
      dropped(e);
    }
    try {
      for (int i = 0; i < count; i++) {
        t.operations.finish(taken[i]); // all of them, even if sending fails
      }
      for (int i = 0; i < count; i++) {
        Worker.prepare(t, taken[i]);
      }
      t.replyQueue.send(taken, count);
    } catch (IOException e) {
      ServerLog.LOG.debug(() -> "connection lost: " + e.getMessage());
      t.connectionFailed(e);
    } catch (RuntimeException | Error e) {
      dropped(e);
    } finally {
      for (int i = 0; i < count; i++) {
        if (taken[i] != null) {
          t.pool.release(taken[i].slab);
          taken[i] = null;
        }
      }
      answered(count);
    }
  }

  private void dropped(Throwable cause) {
    ServerLog.LOG.error("the connection is dropped: " + cause, cause);
    t.connectionFailed(cause);
  }

  private synchronized void answered(int count) {
    inProgress -= count;
  }
}
