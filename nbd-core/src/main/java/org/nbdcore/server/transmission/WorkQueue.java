package org.nbdcore.server.transmission;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.nbdcore.log.ServerLog;
import org.nbdcore.log.Throttle;
import org.nbdcore.server.failure.Failures;
import org.nbdcore.spi.helpers.Uninterruptibles;

/**
 * Requests of one connection that wait for a worker. The queue starts workers on demand, up to the
 * limit of requests in progress. Idle workers end after a while.
 *
 * <p>A request goes to the worker that became idle last, and this worker takes no lock to receive
 * it. With 64 requests in progress, this halves their cost. The monitor of this object guards every
 * field. While it is held, no other code is called, except to create threads.
 */
final class WorkQueue {

  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final int MAX_WAITING = 64;

  /** The slot in which an idle worker receives its next request. */
  private static final class Slot {
    private final Thread thread = Thread.currentThread();
    private volatile Request handed;
    private volatile boolean ended;
  }

  private final Transmission transmission;
  private final int maxWorkers;
  private final Throttle startFailures =
      new Throttle(ServerLog.LOG, "the system allows no further thread");
  private final ArrayDeque<Request> waiting = new ArrayDeque<>();
  private final ArrayDeque<Slot> idle = new ArrayDeque<>(); // most recently used first
  private volatile int workers;
  private volatile int serving; // requests that workers are executing
  private boolean entering; // the receiver waits until fewer requests are in progress
  private boolean closed;
  private boolean dropped;

  WorkQueue(Transmission transmission, int maxWorkers) {
    this.transmission = transmission;
    this.maxWorkers = maxWorkers;
  }

  /**
   * Queues a request for a worker. Blocks while too many requests wait. If there is no worker and
   * no thread can be started, the calling thread executes the waiting requests.
   *
   * @return false if the connection drops this and all later requests
   */
  boolean put(Request request) {
    Slot slot;
    Request own = null;
    synchronized (this) {
      awaitRoom();
      if (dropped) {
        transmission.pool.release(request.slab);
        return false;
      }
      slot = serving < maxWorkers && waiting.isEmpty() ? idle.pollFirst() : null;
      if (slot == null) {
        waiting.addLast(request);
        if (serving >= maxWorkers || workers >= maxWorkers || startWorker()) {
          return true;
        }
        own = first();
      } else {
        serving++;
        slot.handed = request;
      }
    }
    if (own == null) {
      LockSupport.unpark(slot.thread);
    } else {
      Worker.serveWaiting(transmission, own);
    }
    return true;
  }

  /**
   * Returns a waiting request to a thread that is not a worker and has finished a request; null if
   * none waits.
   */
  synchronized Request takeWaiting() {
    serving--;
    if (entering) {
      notifyAll();
    }
    return waiting.isEmpty() || serving >= maxWorkers ? null : first();
  }

  /**
   * Counts an asynchronous request as in progress, until {@link #exit}. Blocks while the limit is
   * reached.
   *
   * @return false, without counting, if the connection drops its requests
   */
  synchronized boolean enter() {
    boolean interrupted = false;
    while (serving >= maxWorkers || !waiting.isEmpty()) {
      if (dropped) {
        break;
      }
      entering = true;
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    entering = false;
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (!dropped) {
      serving++;
    }
    return !dropped;
  }

  /** Marks this many requests that {@link #enter} counted as complete. */
  void exit(int count) {
    release(count);
    for (Slot slot = handOverWaiting(); slot != null; slot = handOverWaiting()) {
      LockSupport.unpark(slot.thread);
    }
  }

  private synchronized void release(int count) {
    serving -= count;
    if (entering) {
      notifyAll();
    }
  }

  /** Hands a waiting request to an idle worker, or starts a worker. */
  private synchronized Slot handOverWaiting() {
    if (waiting.isEmpty() || serving >= maxWorkers) {
      return null;
    }
    Slot slot = idle.pollFirst();
    if (slot != null) {
      slot.handed = first();
    } else if (workers < maxWorkers) {
      startWorker();
    }
    return slot;
  }

  private void awaitRoom() {
    if (!hasRoom()) { // without this test, each request would allocate a condition
      Uninterruptibles.await(this, this::hasRoom);
    }
  }

  private boolean hasRoom() {
    return waiting.size() < MAX_WAITING || dropped;
  }

  /** Starts a worker. Returns true if there is at least one. */
  private boolean startWorker() {
    workers++;
    try {
      transmission.start(new Worker(transmission));
    } catch (RuntimeException | Error e) {
      workers--;
      startFailures.failed(Failures.message(e));
    }
    return workers > 0;
  }

  /**
   * True if the limit of requests in progress is reached. The receiver must then not call the chain
   * itself. Only the receiver queues requests, so for the receiver the result false stays valid.
   */
  boolean full() {
    if (workers == 0) {
      return false;
    }
    synchronized (this) {
      return waiting.size() + serving >= maxWorkers;
    }
  }

  /** Waits for the first request of a worker. Returns null if the worker must end. */
  Request take() {
    return await(0);
  }

  /** Like {@link #take}, for a worker that has finished a request. */
  Request takeNext() {
    return await(1);
  }

  private Request await(int finished) {
    Slot slot;
    synchronized (this) {
      serving -= finished;
      if (entering) {
        notifyAll();
      }
      if (!waiting.isEmpty() && serving < maxWorkers) {
        return first();
      }
      if (closed) {
        workers--; // busy workers execute the waiting requests
        return null;
      }
      slot = new Slot();
      idle.addFirst(slot);
    }
    return awaitRequest(slot);
  }

  private Request first() {
    if (waiting.size() >= MAX_WAITING) {
      notifyAll(); // the receiver waits for room
    }
    serving++;
    return waiting.pollFirst();
  }

  private Request awaitRequest(Slot slot) {
    long end = System.nanoTime() + IDLE_NANOS;
    while (slot.handed == null && !slot.ended) {
      long left = end - System.nanoTime();
      if (left > 0) {
        LockSupport.parkNanos(this, left);
      } else if (removeIdle(slot)) {
        return null;
      }
    }
    return slot.handed;
  }

  /** Removes an idle worker, unless it has just received a request. */
  private synchronized boolean removeIdle(Slot slot) {
    if (slot.handed != null || slot.ended) {
      return false;
    }
    idle.remove(slot);
    workers--;
    return true;
  }

  /** True if a request is in progress. Approximate, because it takes no lock. */
  boolean busy() {
    return serving > 0;
  }

  /** Counts an overtaken receiver as a worker that executes a request. */
  synchronized void adopt() {
    workers++;
    serving++;
  }

  /** Accepts no more requests. Workers end when the waiting requests are complete. */
  synchronized void close() {
    closed = true;
    endIdle();
  }

  /** Ends the workers and drops waiting requests. */
  synchronized void drop() {
    closed = true;
    dropped = true;
    for (Request left = waiting.pollFirst(); left != null; left = waiting.pollFirst()) {
      transmission.pool.release(left.slab);
    }
    endIdle();
    notifyAll();
  }

  /** Ends the idle workers. Busy workers execute waiting requests first. */
  private void endIdle() {
    for (Slot slot = idle.pollFirst(); slot != null; slot = idle.pollFirst()) {
      workers--;
      slot.ended = true;
      LockSupport.unpark(slot.thread);
    }
  }
}
