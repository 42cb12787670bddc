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

  /** How many bytes it moves. */
  long bytes;

  /** When VDDK was called, by {@link System#nanoTime}. */
  long begin;

  private long generation; // guarded by this
  private VddkHandle handle; // guarded by this
  private Thread waiter; // guarded by this
  private Transfer begunBy; // if no thread waits for completion; guarded by this
  private CompletionHandler completion; // the receiver of the completion; guarded by this
  private boolean byItself; // written before done
  private long result; // written before done
  private volatile boolean done;

  AsyncCall(int slot) {
    this.slot = slot;
  }

  static int slotOf(long id) {
    return (int) (id & (MAX_SLOTS - 1));
  }

  /** Makes ready for a call by this thread and answers the number that its callback will bring. */
  synchronized long arm(VddkHandle on, long size) {
    generation++;
    handle = on;
    waiter = Thread.currentThread();
    byItself = false;
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
    begunBy = by;
    completion = handler;
  }

  /** Ends the call with that number; an older number is none of this call's business. */
  void complete(long id, long callResult) {
    synchronized (this) {
      if (id >>> SLOT_BITS != generation || done) {
        return;
      }
      result = callResult;
      byItself = !handle.calledByThisThread();
      done = true;
      if (completion == null) {
        LockSupport.unpark(waiter);
        return;
      }
    }
    begunBy.ended(this, completion);
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
    begunBy.ended(this, completion);
  }

  /** Forgets a call that VDDK has refused. */
  synchronized void refused() {
    done = true;
  }

  @Override
  public void join() throws IOException {
    begunBy.check(this);
  }

  boolean done() {
    return done;
  }

  /** The result from the callback. Call it only after the completion. */
  long result() {
    return result;
  }

  /** True if VDDK completed the call on its own thread. Call it only after the completion. */
  boolean endedByItself() {
    return byItself;
  }
}
