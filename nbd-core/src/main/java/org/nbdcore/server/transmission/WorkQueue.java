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
 * it. With 64 requests in progress this saves half of their cost. The monitor of this object guards
 * every field; nothing but thread creation is called while it is held.
 */
final class WorkQueue {

  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final int WAITING = 64;

  /** The slot in which an idle worker receives its next request. */
  private static final class Seat {
    private final Thread thread = Thread.currentThread();
    private volatile Request handed;
    private volatile boolean dismissed;
  }

  private final Transmission transmission;
  private final int maxWorkers;
  private final Throttle unhired = new Throttle(ServerLog.LOG, "no further thread can be made");
  private final ArrayDeque<Request> waiting = new ArrayDeque<>();
  private final ArrayDeque<Seat> idle = new ArrayDeque<>(); // the latest is first
  private volatile int workers;
  private volatile int serving; // requests that workers have and have not finished
  private boolean entering; // the receiver waits for fewer to be in progress
  private boolean closed;
  private boolean dropped;

  WorkQueue(Transmission transmission, int maxWorkers) {
    this.transmission = transmission;
    this.maxWorkers = maxWorkers;
  }

  /**
   * Leaves a request to a worker; waits while too many are waiting already. If there is no worker
   * and no thread can be started, the calling thread executes the waiting requests.
   *
   * @return false if the request is dropped, as all later ones will be
   */
  boolean put(Request request) {
    Seat seat;
    Request own = null;
    synchronized (this) {
      awaitRoom();
      if (dropped) {
        transmission.pool.release(request.slab);
        return false;
      }
      seat = serving < maxWorkers && waiting.isEmpty() ? idle.pollFirst() : null;
      if (seat == null) {
        waiting.addLast(request);
        if (serving >= maxWorkers || workers >= maxWorkers || hire()) {
          return true;
        }
        own = first();
      } else {
        serving++;
        seat.handed = request;
      }
    }
    if (own == null) {
      LockSupport.unpark(seat.thread);
    } else {
      Worker.serveHere(transmission, own);
    }
    return true;
  }

  /**
   * Returns a waiting request to a thread that is not a worker and has finished a request; null if
   * none waits.
   */
  synchronized Request takeNextHere() {
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
    for (Seat seat = seatWaiting(); seat != null; seat = seatWaiting()) {
      LockSupport.unpark(seat.thread);
    }
  }

  private synchronized void release(int count) {
    serving -= count;
    if (entering) {
      notifyAll();
    }
  }

  /** Hands a waiting request to a worker that is idle, or else sees to it that there are some. */
  private synchronized Seat seatWaiting() {
    if (waiting.isEmpty() || serving >= maxWorkers) {
      return null;
    }
    Seat seat = idle.pollFirst();
    if (seat != null) {
      seat.handed = first();
    } else if (workers < maxWorkers) {
      hire();
    }
    return seat;
  }

  private void awaitRoom() {
    if (!hasRoom()) { // without this test, each request would allocate a condition
      Uninterruptibles.await(this, this::hasRoom);
    }
  }

  private boolean hasRoom() {
    return waiting.size() < WAITING || dropped;
  }

  /** Makes a worker; returns whether there is one at least. */
  private boolean hire() {
    workers++;
    try {
      transmission.start(new Worker(transmission));
    } catch (RuntimeException | Error e) {
      workers--;
      unhired.failed(Failures.message(e));
    }
    return workers > 0;
  }

  /**
   * Whether the limit of requests in progress is reached; the receiver must then not call the chain
   * itself. Only the receiver puts requests here; until it does, false stays false.
   */
  boolean full() {
    if (workers == 0) {
      return false;
    }
    synchronized (this) {
      return waiting.size() + serving >= maxWorkers;
    }
  }

  /** The first request for a worker, or null if it shall leave. */
  Request take() {
    return await(0);
  }

  /** The same for a worker that has finished the request it had. */
  Request takeNext() {
    return await(1);
  }

  private Request await(int finished) {
    Seat seat;
    synchronized (this) {
      serving -= finished;
      if (entering) {
        notifyAll();
      }
      if (!waiting.isEmpty() && serving < maxWorkers) {
        return first();
      }
      if (closed) {
        workers--; // what still waits is for those that are serving
        return null;
      }
      seat = new Seat();
      idle.addFirst(seat);
    }
    return sit(seat);
  }

  private Request first() {
    if (waiting.size() >= WAITING) {
      notifyAll(); // the receiver waits for room
    }
    serving++;
    return waiting.pollFirst();
  }

  private Request sit(Seat seat) {
    long end = System.nanoTime() + IDLE_NANOS;
    while (seat.handed == null && !seat.dismissed) {
      long left = end - System.nanoTime();
      if (left > 0) {
        LockSupport.parkNanos(this, left);
      } else if (stoodUp(seat)) {
        return null;
      }
    }
    return seat.handed;
  }

  /** Lets an idle worker go, if it has not just been handed a request. */
  private synchronized boolean stoodUp(Seat seat) {
    if (seat.handed != null || seat.dismissed) {
      return false;
    }
    idle.remove(seat);
    workers--;
    return true;
  }

  /** Whether a request is waiting or being served; a guess, as no lock is taken. */
  boolean busy() {
    return serving > 0;
  }

  /** Counts a receiver that was overtaken as a worker with a request. */
  synchronized void adopt() {
    workers++;
    serving++;
  }

  /** No more requests will come; workers leave when the waiting ones are done. */
  synchronized void close() {
    closed = true;
    dismiss();
  }

  /** Ends the workers and drops waiting requests. */
  synchronized void drop() {
    closed = true;
    dropped = true;
    for (Request left = waiting.pollFirst(); left != null; left = waiting.pollFirst()) {
      transmission.pool.release(left.slab);
    }
    dismiss();
    notifyAll();
  }

  /** No worker is idle while a request waits, unless the limit is reached. */
  private void dismiss() {
    for (Seat seat = idle.pollFirst(); seat != null; seat = idle.pollFirst()) {
      workers--;
      seat.dismissed = true;
      LockSupport.unpark(seat.thread);
    }
  }
}
