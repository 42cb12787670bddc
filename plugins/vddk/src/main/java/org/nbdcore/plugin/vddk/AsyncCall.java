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
  private Transfer transfer; // if no thread waits for completion; guarded by this
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
   * Call it before {@link #arm}.
   *
   * @param by passes the completion to {@code told}; both are null if the calling thread will wait
   */
  synchronized void reportTo(Transfer by, CompletionHandler told) {
    transfer = by;
    completion = told;
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
    transfer.ended(this, completion);
  }

  /**
   * Ends the call with that number from the submitting side: VDDK has done it at once, unless it
   * has called back as well. The object may then already be reused for another call.
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
    transfer.ended(this, completion);
  }

  /** Forgets a call that VDDK has refused. */
  synchronized void refused() {
    done = true;
  }

  @Override
  public void join() throws IOException {
    transfer.check(this);
  }

  boolean done() {
    return done;
  }

  /** What the callback brought; valid once done. */
  long result() {
    return result;
  }

  /** Whether VDDK ended it on a thread of its own; valid once done. */
  boolean endedByItself() {
    return byItself;
  }
}
