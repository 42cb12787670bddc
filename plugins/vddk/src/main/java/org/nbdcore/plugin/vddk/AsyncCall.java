package org.nbdcore.plugin.vddk;

import java.util.concurrent.locks.LockSupport;

/** One asynchronous call, from its submission to its completion; used again for later ones. */
final class AsyncCall {

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

  private long generation; // guarded by this
  private VddkHandle handle; // guarded by this
  private Thread waiter; // guarded by this
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

  /** Ends the call with that number; an older number is none of this call's business. */
  synchronized void complete(long id, long callResult) {
    if (id >>> SLOT_BITS == generation && !done) {
      result = callResult;
      byItself = waiter != Thread.currentThread() && !handle.isInWait(Thread.currentThread());
      done = true;
      LockSupport.unpark(waiter);
    }
  }

  /** Ends the call from the submitting side: VDDK has done, or refused, it at once. */
  synchronized void completeAtOnce(long callResult) {
    if (!done) {
      result = callResult;
      done = true;
    }
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
