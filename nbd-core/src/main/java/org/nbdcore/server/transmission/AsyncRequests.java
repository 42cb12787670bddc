package org.nbdcore.server.transmission;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.nbdcore.log.ConnectionContext;
import org.nbdcore.log.ServerLog;

/**
 * The asynchronous requests of one connection. They cost no thread each: one thread answers them
 * all, in the order in which they end, as many at a time as have ended. It is made when first
 * needed and leaves when there has been nothing to do for a while.
 *
 * <p>The monitor of this object guards what is not the answering thread's; nothing is called while
 * it is held.
 */
final class AsyncRequests implements Runnable {

  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final Transmission t;
  private final ArrayDeque<Request> ended = new ArrayDeque<>();
  private final Request[] taken = new Request[ReplyQueue.TOGETHER]; // the answering thread's
  private int inProgress; // requests that are not answered yet
  private boolean staffed; // there is an answering thread, or it is being made
  private Thread waiting; // the answering thread, if it is to be woken
  private boolean closed;

  AsyncRequests(Transmission transmission) {
    t = transmission;
  }

  /**
   * Submits a request to the device; blocks while the limit of requests in progress is reached.
   *
   * @param request with the buffer that it fills or takes
   * @return false, with nothing done, if a worker has to serve it
   */
  boolean begin(Request request) {
    if (!t.queue.enter()) {
      return false;
    }
    boolean begins = false;
    try {
      begins = staff() && begins(request);
    } finally {
      if (!begins) {
        answered(1);
        t.queue.exit(1);
      }
    }
    return begins;
  }

  private boolean begins(Request request) {
    request.inFlight = this;
    try {
      return t.operations.begin(request);
    } catch (IOException | RuntimeException | Error e) {
      request.completed(
          () -> {
            throw e;
          });
      return true;
    }
  }

  /** Counts a request; returns false if no completion thread can be started. */
  private boolean staff() {
    boolean there;
    synchronized (this) {
      inProgress++;
      there = staffed;
      staffed = true;
    }
    if (there) {
      return true;
    }
    boolean started = false;
    try {
      t.start(this);
      started = true;
    } catch (RuntimeException | OutOfMemoryError e) {
      ServerLog.LOG.warn("no further thread can be made: " + e.getMessage());
    } finally {
      if (!started) {
        synchronized (this) {
          staffed = false;
        }
      }
    }
    return started;
  }

  /** Records a completed request. It does not block the calling thread. */
  void ended(Request request) {
    Thread woken;
    synchronized (this) {
      ended.addLast(request);
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

  /** Takes what has ended, waiting for it; 0 if this thread shall leave. */
  private int take() {
    long since = System.nanoTime();
    while (true) {
      synchronized (this) {
        if (!ended.isEmpty()) {
          break;
        }
        if (inProgress == 0 && (closed || System.nanoTime() - since >= IDLE_NANOS)) {
          staffed = false;
          return 0;
        }
        waiting = Thread.currentThread();
      }
      LockSupport.parkNanos(this, IDLE_NANOS);
    }
    int count = 0;
    synchronized (this) {
      waiting = null;
      while (count < taken.length && !ended.isEmpty()) {
        taken[count++] = ended.pollFirst();
      }
    }
    return count;
  }

  private void answer(int count) {
    try {
      t.queue.exit(count); // the device can have others while these are sent
    } catch (RuntimeException | Error e) {
      dropped(e);
    }
    try {
      for (int i = 0; i < count; i++) {
        t.operations.finish(taken[i]); // all of them, before anything else can go wrong
      }
      for (int i = 0; i < count; i++) {
        Worker.prepare(t, taken[i]);
      }
      t.replyQueue.send(taken, count);
    } catch (IOException e) {
      ServerLog.LOG.debug(() -> "connection lost: " + e.getMessage());
      t.broken(e);
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
    t.broken(cause);
  }

  private synchronized void answered(int count) {
    inProgress -= count;
  }
}
