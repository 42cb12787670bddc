package org.nbdcore.plugin.vddk;

import com.sun.jna.Pointer;
import java.util.Arrays;
import org.nbdcore.plugin.vddk.VddkApi.CompletionCallback;

/**
 * The asynchronous calls in flight, by the number that VDDK passes to the callback. One table for
 * the process, so that VDDK's threads never reference a collected Java object.
 */
final class AsyncCalls {

  private static final CompletionCallback CALLBACK = AsyncCalls::completed;
  private static final long FUNCTION;

  private static volatile AsyncCall[] slots = new AsyncCall[0];
  private static AsyncCall free; // guarded by the class

  static {
    FUNCTION = Pointer.nativeValue(SmallStacks.completion(CALLBACK));
  }

  private AsyncCalls() {}

  /** The address of the C function for VDDK. */
  static long function() {
    return FUNCTION;
  }

  /** Takes a free call object. */
  static synchronized AsyncCall take() {
    if (free == null) {
      grow();
    }
    AsyncCall call = free;
    free = call.next;
    call.next = null;
    return call;
  }

  /** Releases a completed call for reuse. */
  static synchronized void release(AsyncCall call) {
    call.prepare(null, null);
    call.next = free;
    free = call;
  }

  private static void grow() {
    int before = slots.length;
    if (before == AsyncCall.MAX_SLOTS) {
      throw new IllegalStateException("more than " + before + " calls to VDDK are in flight");
    }
    AsyncCall[] larger = Arrays.copyOf(slots, Math.max(16, before * 2));
    for (int slot = before; slot < larger.length; slot++) {
      larger[slot] = new AsyncCall(slot);
      larger[slot].next = free;
      free = larger[slot];
    }
    slots = larger;
  }

  /** Completes the call with that number. */
  static void completed(long id, long result) {
    slots[AsyncCall.slotOf(id)].complete(id, result);
  }
}
