package org.nbdcore.plugin.vddk;

import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import org.nbdcore.spi.AsyncResult;
import org.nbdcore.spi.CompletionHandler;

/** One asynchronous call, from its submission to its completion. Objects are reused. */
final class AsyncCall implements AsyncResult {

  private static final int SLOT_BITS = 20;

  /** The largest number of calls in flight. */
  static final int MAX_SLOTS = 1 << SLOT_BITS;

  private final int slot;

  /** The next call of the same request, or the next free one. */
  AsyncCall next;

  /** ReadAsync or WriteAsync. */
  VddkFunction function;

  /** Number of bytes to transfer. */
  long bytes;

  /** Time when VDDK was called, as {@link System#nanoTime}. */
  long begin;

  private long generation; // guarded by this
  private VddkHandle handle; // guarded by this
  private Thread waiter; // guarded by this
  private Transfer submitter; // if no thread waits for completion; guarded by this
  private CompletionHandler completion; // the receiver of the completion; guarded by this
  private boolean onOwnThread; // written before done
  private long result; // written before done
  private volatile boolean done;

  AsyncCall(int slot) {
    this.slot = slot;
  }

  static int slotOf(long id) {
    return (int) (id & (MAX_SLOTS - 1));
  }

  /** Prepares a call by this thread. Returns the number that VDDK passes to the callback. */
  synchronized long arm(VddkHandle on, long size) {
    generation++;
    handle = on;
    waiter = Thread.currentThread();
    onOwnThread = false;
    done = false;
    next = null;
    bytes = size;
    return generation << SLOT_BITS | slot;
  }

  /**
   * Call this before {@link #arm}.
   *
   * @param by passes the completion to {@code handler}; both are null if the calling thread will
   *     wait
   */
  synchronized void prepare(Transfer by, CompletionHandler handler) {
    submitter = by;
    completion = handler;
  }

  /** Completes the call with that number. Ignores the number of an earlier call. */
  void complete(long id, long callResult) {
    synchronized (this) {
      if (id >>> SLOT_BITS != generation || done) {
        return;
      }
      result = callResult;
      onOwnThread = !handle.calledByThisThread();
      done = true;
      if (completion == null) {
        LockSupport.unpark(waiter);
        return;
      }
    }
    submitter.ended(this, completion);
  }

  /**
   * Completes the call on the submitting thread, because VDDK has executed it synchronously. If
   * VDDK has called back too, this object may already be reused for another call.
   */
  void completeAtOnce(long id, long callResult) {
    synchronized (this) {
      if (id >>> SLOT_BITS != generation || done) {
        return;
      }
      result = callResult;
      done = true;
      if (completion == null) {
        return;
      }
    }
    submitter.ended(this, completion);
  }

  /** Resets a call that VDDK has refused. */
  synchronized void refused() {
    done = true;
  }

  @Override
  public void join() throws IOException {
    submitter.check(this);
  }

  boolean done() {
    return done;
  }

  /** The result from the callback. Call it only after the completion. */
  long result() {
    return result;
  }

  /** True if VDDK completed the call on its own thread. Call it only after the completion. */
  boolean completedOnOwnThread() {
    return onOwnThread;
  }
}
