package org.nbdcore.plugin.vddk;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import org.nbdcore.spi.CompletionHandler;

/**
 * Reads and writes of any size through one handle. It splits them into parts that fit into the
 * server's memory, keeps several parts in flight, and transfers directly between VDDK and the
 * caller's buffer.
 */
final class Transfer {

  private final Vddk vddk;
  private final VddkHandle handle;
  private final InFlightBudget budget;
  private final int largest;

  /**
   * @param largest bytes of one call to VDDK
   */
  Transfer(Vddk vddk, VddkHandle handle, InFlightBudget budget, int largest) {
    this.vddk = vddk;
    this.handle = handle;
    this.budget = budget;
    this.largest = largest;
  }

  /** Fills the buffer from its position to its limit. */
  void read(ByteBuffer dst, long offset) throws IOException {
    int length = dst.remaining();
    if (dst.isDirect()) {
      try {
        move(Kind.READ, address(dst), length, offset);
      } finally {
        Reference.reachabilityFence(dst);
      }
    } else {
      try (Memory memory = new Memory(length)) {
        move(Kind.READ, Pointer.nativeValue(memory), length, offset);
        dst.duplicate().put(memory.getByteBuffer(0, length));
      }
    }
    dst.position(dst.limit());
  }

  /** Writes the bytes between the position and the limit. */
  void write(ByteBuffer src, long offset) throws IOException {
    int length = src.remaining();
    if (src.isDirect()) {
      try {
        move(Kind.WRITE, address(src), length, offset);
      } finally {
        Reference.reachabilityFence(src);
      }
    } else {
      try (Memory memory = new Memory(length)) {
        memory.getByteBuffer(0, length).put(src.duplicate());
        move(Kind.WRITE, Pointer.nativeValue(memory), length, offset);
      }
    }
    src.position(src.limit());
  }

  /** Writes zeroes of this length. */
  void zero(long offset, int length) throws IOException {
    try (Memory zeroes = new Memory(Math.min(length, largest))) {
      zeroes.clear();
      move(Kind.ZERO, Pointer.nativeValue(zeroes), length, offset);
    }
  }

  /** True if VDDK is known to report completions without a call of Wait. */
  boolean prefersAsync() {
    return handle.completesWithoutWait();
  }

  /**
   * Starts a read or write that needs one call to VDDK.
   *
   * @return false, with nothing started, if it needs several calls or would block
   */
  boolean begin(boolean write, ByteBuffer data, long offset, CompletionHandler completion) {
    int length = data.remaining();
    if (length > largest || !prefersAsync() || !data.isDirect() || !budget.tryAcquire(length)) {
      return false;
    }
    AsyncCall call = AsyncCalls.take();
    call.prepare(this, completion);
    boolean taken = false;
    try {
      taken =
          handle.trySubmit(
              call, write, VddkSectors.of(offset), VddkSectors.of(length), address(data));
    } finally {
      Reference.reachabilityFence(data); // keeps the buffer reachable until here
      if (!taken) {
        AsyncCalls.release(call);
        budget.release(length);
      }
    }
    return taken;
  }

  /** Handles the completion of an asynchronous call, on a thread of VDDK. Do not block here. */
  void ended(AsyncCall call, CompletionHandler completion) {
    handle.completed(call);
    budget.release(call.bytes);
    completion.completed(call);
  }

  /** Throws if an asynchronous call has failed. Do not use the call afterwards. */
  void check(AsyncCall call) throws IOException {
    VddkFunction function = call.function;
    long result = call.result();
    AsyncCalls.release(call);
    vddk.check(function, result);
  }

  /**
   * The address of a buffer. An address does not keep the buffer reachable, so use a fence until
   * the call has returned.
   */
  private static long address(ByteBuffer buffer) {
    return Pointer.nativeValue(Native.getDirectBufferPointer(buffer)) + buffer.position();
  }

  private enum Kind {
    READ,
    WRITE,
    /** Writes the same buffer of zeroes repeatedly. */
    ZERO;

    boolean writes() {
      return this != READ;
    }

    /** Address of the data {@code done} bytes after the beginning. */
    long address(long first, int done) {
      return this == ZERO ? first : first + done;
    }
  }

  private void move(Kind kind, long address, int length, long offset) throws IOException {
    boolean write = kind.writes();
    if (handle.synchronous()) {
      moveSynchronously(kind, address, length, offset);
      return;
    }
    AsyncCall first = null; // the oldest call in flight; the others follow in a linked list
    AsyncCall last = null;
    long failure = VixError.OK;
    int done = 0;
    while (done < length && failure == VixError.OK && !handle.synchronous()) {
      int part = Math.min(largest, length - done);
      while (!budget.tryAcquire(part)) {
        // Our own calls may use up the budget: complete one of them before waiting for others.
        if (first == null) {
          budget.acquire(part);
          break;
        }
        AsyncCall oldest = first;
        first = first.next;
        long result = end(oldest);
        failure = failure == VixError.OK ? result : failure;
      }
      AsyncCall call = AsyncCalls.take();
      long sector = VddkSectors.of(offset + done);
      boolean taken =
          handle.submit(call, write, sector, VddkSectors.of(part), kind.address(address, done));
      if (!taken) {
        budget.release(part);
        AsyncCalls.release(call);
        break;
      }
      if (first == null) {
        first = call;
      } else {
        last.next = call;
      }
      last = call;
      done += part;
    }
    while (first != null) {
      AsyncCall oldest = first;
      first = first.next;
      long result = end(oldest);
      failure = failure == VixError.OK ? result : failure;
    }
    vddk.check(write ? VddkFunction.WRITE_ASYNC : VddkFunction.READ_ASYNC, failure);
    if (done < length) {
      moveSynchronously(kind, kind.address(address, done), length - done, offset + done);
    }
  }

  /** Waits for a call. Do not use the call afterwards. */
  private long end(AsyncCall call) {
    long result = handle.await(call);
    budget.release(call.bytes);
    AsyncCalls.release(call);
    return result;
  }

  private void moveSynchronously(Kind kind, long address, int length, long offset)
      throws IOException {
    for (int done = 0; done < length; done += largest) {
      int part = Math.min(largest, length - done);
      budget.acquire(part);
      try {
        handle.transfer(
            kind.writes(),
            VddkSectors.of(offset + done),
            VddkSectors.of(part),
            kind.address(address, done));
      } finally {
        budget.release(part);
      }
    }
  }
}
