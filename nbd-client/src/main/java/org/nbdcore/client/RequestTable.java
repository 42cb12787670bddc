package org.nbdcore.client;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.nbdcore.spi.helpers.Uninterruptibles;

/**
 * The requests in flight. A request keeps its slot until its reply comes, even if it is abandoned,
 * because the server may still answer it.
 *
 * <p>The monitor of this object guards it; nothing blocks while it is held.
 */
final class RequestTable {

  private static final int SLOT_BITS = 16;

  /** Maximum number of requests in flight. Further calls wait. */
  static final int MAX_REQUESTS = 1 << SLOT_BITS;

  /** A request's slot is in the low bits of its cookie, so that finding it takes no search. */
  private PendingRequest[] slots = new PendingRequest[16];

  private int inFlight;
  private int firstFree; // no slot before it is free
  private long serial;

  /**
   * Gives the request a slot and a cookie. Waits if there is no free slot.
   *
   * @param ended evaluated under the monitor
   * @return false, without effect, if the connection has ended
   */
  synchronized boolean add(PendingRequest request, BooleanSupplier ended) {
    if (inFlight == MAX_REQUESTS) {
      Uninterruptibles.await(this, () -> inFlight < MAX_REQUESTS || ended.getAsBoolean());
    }
    if (ended.getAsBoolean()) {
      return false;
    }
    int slot = firstFree;
    while (slot < slots.length && slots[slot] != null) {
      slot++;
    }
    if (slot == slots.length) {
      slots = Arrays.copyOf(slots, slots.length * 2);
    }
    slots[slot] = request;
    firstFree = slot + 1;
    inFlight++;
    request.cookie = ++serial << SLOT_BITS | slot;
    return true;
  }

  private static int slot(long cookie) {
    return (int) cookie & MAX_REQUESTS - 1;
  }

  /** Frees the slot of a request. */
  synchronized void remove(PendingRequest request) {
    int slot = slot(request.cookie);
    if (slots[slot] == request) {
      slots[slot] = null;
      firstFree = Math.min(firstFree, slot);
      inFlight--;
      notifyAll();
    }
  }

  /** The request with this cookie, or null. */
  synchronized @Nullable PendingRequest find(long cookie) {
    int slot = slot(cookie);
    PendingRequest request = slot < slots.length ? slots[slot] : null;
    return request != null && request.cookie == cookie ? request : null;
  }

  /** Returns the thread of another request that waits and may lead; null if there is none. */
  synchronized @Nullable Thread otherWaiting(PendingRequest leaving) {
    for (PendingRequest other : slots) {
      if (other != null && other != leaving && other.waiting) {
        return other.thread;
      }
    }
    return null;
  }

  /** True if nothing is in flight. */
  synchronized boolean isEmpty() {
    return inFlight == 0;
  }

  /** Returns a snapshot of the requests in flight. */
  synchronized List<PendingRequest> all() {
    List<PendingRequest> all = new ArrayList<>(inFlight);
    for (PendingRequest request : slots) {
      if (request != null) {
        all.add(request);
      }
    }
    return all;
  }

  /** Frees all slots, and returns their requests. */
  synchronized List<PendingRequest> removeAll() {
    List<PendingRequest> all = all();
    Arrays.fill(slots, null);
    firstFree = 0;
    inFlight = 0;
    notifyAll();
    return all;
  }

  /** Runs a short action under the monitor, and wakes the threads that wait for a slot. */
  synchronized void exclusively(Runnable action) {
    action.run();
    notifyAll();
  }
}
