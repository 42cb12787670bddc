package org.nbdcore.server;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Requests of one connection that wait for a worker. Workers are made on demand, up to the number
 * of requests that may be in progress, and leave when there has been nothing to do for a while.
 *
 * <p>The lock guards every field; nothing but thread creation is called while it is held.
 */
final class WorkQueue {

  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final int WAITING = 64;

  private final Transmission transmission;
  private final int maxWorkers;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Condition room = lock.newCondition();
  private final ArrayDeque<Request> waiting = new ArrayDeque<>();
  private volatile int workers;
  private volatile int idle; // workers that wait for work
  private int called; // of these, how many have been signalled and not yet woken
  private int serving; // requests that workers have taken and not finished
  private boolean closed;
  private boolean dropped;

  WorkQueue(Transmission transmission, int maxWorkers) {
    this.transmission = transmission;
    this.maxWorkers = maxWorkers;
  }

  /**
   * Leaves a request to a worker; waits while too many are waiting already.
   *
   * @return false if it is thrown away, as will be all that follow
   */
  boolean put(Request request) {
    lock.lock();
    try {
      while (waiting.size() >= WAITING && !dropped) {
        room.awaitUninterruptibly();
      }
      if (dropped) {
        transmission.pool.release(request.slab);
        return false;
      }
      waiting.addLast(request);
      if (serving + called < maxWorkers) {
        summon();
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void summon() {
    if (idle > called) {
      called++;
      work.signal();
    } else if (workers < maxWorkers) {
      hire();
    }
  }

  private void hire() {
    workers++;
    try {
      transmission.start(new Worker(transmission));
    } catch (RuntimeException | Error e) {
      workers--;
      if (workers == 0) {
        throw e; // nobody would serve the request
      }
      ServerLog.LOG.warn("no further thread can be made: " + e.getMessage());
    }
  }

  /**
   * Whether as many requests are in progress as may be, so that the receiver must not call the
   * chain itself. Only the receiver puts requests here; until it does, false stays false.
   */
  boolean full() {
    if (workers == 0) {
      return false;
    }
    lock.lock();
    try {
      return waiting.size() + serving >= maxWorkers;
    } finally {
      lock.unlock();
    }
  }

  /** The first request for a worker, or null if it shall leave. */
  Request take() {
    lock.lock();
    try {
      return await();
    } finally {
      lock.unlock();
    }
  }

  /** The same for a worker that has finished the request it had. */
  Request takeNext() {
    lock.lock();
    try {
      serving--;
      return await();
    } finally {
      lock.unlock();
    }
  }

  private Request await() {
    long left = IDLE_NANOS;
    while (waiting.isEmpty() || serving >= maxWorkers) {
      if ((closed && waiting.isEmpty()) || left <= 0) {
        workers--;
        return null;
      }
      left = awaitWork(left);
    }
    if (waiting.size() >= WAITING) {
      room.signal();
    }
    serving++;
    return waiting.pollFirst();
  }

  private long awaitWork(long nanos) {
    idle++;
    try {
      return work.awaitNanos(nanos);
    } catch (InterruptedException e) {
      return nanos; // nobody interrupts these threads on purpose; wait again
    } finally {
      idle--;
      called = Math.min(Math.max(0, called - 1), idle);
    }
  }

  /** Whether a request is waiting or being served; a guess, as no lock is taken. */
  boolean busy() {
    return workers > idle;
  }

  /** Counts a receiver that was overtaken as a worker with a request. */
  void adopt() {
    lock.lock();
    workers++;
    serving++;
    lock.unlock();
  }

  /** No more requests will come; workers leave when the waiting ones are done. */
  void close() {
    lock.lock();
    try {
      closed = true;
      work.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Workers leave now; waiting requests are thrown away. */
  void drop() {
    lock.lock();
    try {
      closed = true;
      dropped = true;
      for (Request left = waiting.pollFirst(); left != null; left = waiting.pollFirst()) {
        transmission.pool.release(left.slab);
      }
      work.signalAll();
      room.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
