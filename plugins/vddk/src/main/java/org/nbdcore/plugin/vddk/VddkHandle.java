package org.nbdcore.plugin.vddk;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * An open disk of VDDK's, on a connection of its own.
 *
 * <p>VDDK does not allow two synchronous calls on one handle at the same time, and does not
 * document other calls. So every call holds {@link #calls}; an asynchronous request then continues
 * without the lock.
 */
final class VddkHandle {

  /** How long an asynchronous call may take before we suspect that it needs a Wait. */
  private static final long TIMEOUT_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /** How long a query keeps the lifecycle thread from other calls while its handle is in use. */
  private static final long QUERY_TIMEOUT_MILLIS = 50;

  /** The same if VDDK is known to complete calls without Wait. */
  private static final long TRUST_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final Vddk vddk;
  private final long connection;
  private final long handle;
  private final ConnectParams params;

  /** Held during each call into VDDK with this handle. */
  private final ReentrantLock calls = new ReentrantLock(true);

  /** VDDK completes calls without Wait; seen at least once. */
  private volatile boolean endsByItself;

  /** Calls end only in Wait; seen at least once. */
  private volatile boolean endsInWait;

  /** Requests that are not answered yet. */
  private final AtomicInteger inFlight = new AtomicInteger();

  /** No further query may begin; of the lifecycle thread. */
  private boolean closed;

  /** VDDK refuses asynchronous calls on this handle. */
  private volatile boolean synchronous;

  VddkHandle(Vddk vddk, long connection, long handle, ConnectParams params) {
    this.vddk = vddk;
    this.connection = connection;
    this.handle = handle;
    this.params = params;
  }

  /** Whether no reads and writes are in progress, which a query would hold up. */
  boolean idle() {
    return inFlight.get() == 0;
  }

  /** Whether VDDK has refused asynchronous calls. */
  boolean synchronous() {
    return synchronous;
  }

  /** Whether submitted calls were seen to end without anybody waiting for them. */
  boolean endsByItself() {
    return endsByItself && !synchronous;
  }

  long connection() {
    return connection;
  }

  ConnectParams params() {
    return params;
  }

  /** Reads or writes and waits for it. */
  void transfer(boolean write, long start, long sectors, long address) throws IOException {
    VddkFunction function = write ? VddkFunction.WRITE : VddkFunction.READ;
    vddk.trace().data(function, start, sectors);
    long result;
    inFlight.incrementAndGet();
    calls.lock();
    try {
      long begin = vddk.stats().begin(function);
      result =
          write
              ? VddkApi.VixDiskLib_Write(handle, start, sectors, address)
              : VddkApi.VixDiskLib_Read(handle, start, sectors, address);
      vddk.stats().count(function, begin, VddkSectors.toBytes(sectors));
    } finally {
      calls.unlock();
      inFlight.decrementAndGet();
    }
    vddk.check(function, result);
  }

  /**
   * Submits a read or write, whose end {@link #await} waits for.
   *
   * @return whether VDDK took it; if not, it is to be done by {@link #transfer}
   */
  boolean submit(AsyncCall call, boolean write, long start, long sectors, long address) {
    calls.lock();
    return submitLocked(call, write, start, sectors, address);
  }

  /** The same unless another call into VDDK is in progress or due, which may take long. */
  boolean trySubmit(AsyncCall call, boolean write, long start, long sectors, long address) {
    return !calls.hasQueuedThreads()
        && calls.tryLock()
        && submitLocked(call, write, start, sectors, address);
  }

  /** Submits and unlocks. */
  private boolean submitLocked(
      AsyncCall call, boolean write, long start, long sectors, long address) {
    call.function = write ? VddkFunction.WRITE_ASYNC : VddkFunction.READ_ASYNC;
    long id = call.arm(this, VddkSectors.toBytes(sectors));
    long result;
    try {
      result = callAsync(call, id, write, start, sectors, address);
    } finally {
      calls.unlock();
    }
    if (VixError.code(result) == VixError.NOT_SUPPORTED) {
      call.refused();
      synchronous = true;
      landed(call, 0);
      return false;
    }
    if (result != VixError.ASYNC) {
      call.completeAtOnce(id, result);
    }
    return true;
  }

  private long callAsync(
      AsyncCall call, long id, boolean write, long start, long sectors, long address) {
    VddkFunction function = call.function;
    vddk.trace().data(function, start, sectors);
    long callback = AsyncCalls.function();
    inFlight.incrementAndGet();
    call.begin = vddk.stats().begin(function); // its callback may come before it returns
    long result =
        write
            ? VddkApi.VixDiskLib_WriteAsync(handle, start, sectors, address, callback, id)
            : VddkApi.VixDiskLib_ReadAsync(handle, start, sectors, address, callback, id);
    return result;
  }

  /**
   * Waits until a submitted call has ended and answers its result. VDDK may complete it on this
   * thread, on another thread, or only in a call of Wait. This class observes which of these
   * happens.
   */
  long await(AsyncCall call) {
    boolean interrupted = false;
    boolean waitNow = endsInWait;
    long deadline = System.nanoTime() + (endsByItself ? TRUST_NANOS : TIMEOUT_NANOS);
    while (!call.done()) {
      long left = deadline - System.nanoTime();
      if (waitNow || left <= 0) {
        waitForAll(call);
        waitNow = false; // a Wait that has not helped is not tried again at once
        deadline = System.nanoTime() + TIMEOUT_NANOS;
      } else {
        LockSupport.parkNanos(this, left);
        interrupted |= Thread.interrupted(); // the buffer is VDDK's until the call has ended
      }
    }
    if (call.endedByItself() && !endsByItself) {
      endsByItself = true;
    }
    landed(call);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return call.result();
  }

  /** Counts a call that has ended. */
  void landed(AsyncCall call) {
    landed(call, call.bytes);
  }

  private void landed(AsyncCall call, long bytes) {
    inFlight.decrementAndGet();
    vddk.stats().count(call.function, call.begin, bytes);
  }

  private void waitForAll(AsyncCall call) {
    calls.lock();
    try {
      if (call.done()) {
        return;
      }
      long begin = vddk.stats().begin(VddkFunction.WAIT);
      VddkApi.VixDiskLib_Wait(handle);
      vddk.stats().count(VddkFunction.WAIT, begin);
      if (call.done() && !call.endedByItself() && !endsByItself) {
        endsInWait = true;
      }
    } finally {
      calls.unlock();
    }
  }

  /** Whether this thread is in a call into VDDK, within which it may be called back. */
  boolean calledByThisThread() {
    return calls.isHeldByCurrentThread();
  }

  void flush() throws IOException {
    vddk.trace().call(VddkFunction.FLUSH, "");
    long result;
    calls.lock();
    try {
      long begin = vddk.stats().begin(VddkFunction.FLUSH);
      result = VddkApi.VixDiskLib_Flush(handle);
      vddk.stats().count(VddkFunction.FLUSH, begin);
    } finally {
      calls.unlock();
    }
    vddk.check(VddkFunction.FLUSH, result);
  }

  /** VDDK's information about the disk; queried on the lifecycle thread. */
  DiskInfo info() throws IOException {
    PointerByReference info = new PointerByReference();
    vddk.trace().call(VddkFunction.GET_INFO, "");
    calls.lock();
    try {
      long begin = vddk.stats().begin(VddkFunction.GET_INFO);
      long result = VddkApi.VixDiskLib_GetInfo(handle, info.getPointer());
      vddk.stats().count(VddkFunction.GET_INFO, begin);
      vddk.check(VddkFunction.GET_INFO, result);
      DiskInfo copy = DiskInfo.read(info.getValue(), vddk.major());
      VddkApi.VixDiskLib_FreeInfo(info.getValue());
      return copy;
    } finally {
      calls.unlock();
    }
  }

  /** How VDDK reaches the disk; asked on the lifecycle thread. */
  String transportMode() {
    calls.lock();
    try {
      Pointer mode = VddkApi.VixDiskLib_GetTransportMode(handle);
      return mode == null ? "unknown" : mode.getString(0);
    } finally {
      calls.unlock();
    }
  }

  /**
   * The allocated blocks of a range, whose start, length and chunk obey VDDK's rules; see {@link
   * AllocatedBlocks}.
   */
  BlockList allocatedBlocks(long start, long sectors, long chunk) throws IOException {
    while (true) {
      BlockList answer = vddk.lifecycle().call(() -> tryQuery(start, sectors, chunk));
      if (answer != null) {
        return answer;
      }
    }
  }

  /** Null if the handle is in use; others may then open and close before the next try. */
  private BlockList tryQuery(long start, long sectors, long chunk) throws IOException {
    if (closed) {
      throw new ClosedChannelException();
    }
    try {
      if (!calls.tryLock(QUERY_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)) {
        return null;
      }
    } catch (InterruptedException e) {
      return null; // the lifecycle thread is never interrupted
    }
    try {
      return query(start, sectors, chunk);
    } finally {
      calls.unlock();
    }
  }

  private BlockList query(long start, long sectors, long chunk) throws IOException {
    PointerByReference list = new PointerByReference();
    VddkFunction function = VddkFunction.QUERY_ALLOCATED_BLOCKS;
    vddk.trace().call(function, start + ", " + sectors + " sectors, chunk " + chunk);
    long begin = vddk.stats().begin(function);
    long result =
        VddkApi.VixDiskLib_QueryAllocatedBlocks(handle, start, sectors, chunk, list.getPointer());
    vddk.stats().count(function, begin, VddkSectors.toBytes(sectors));
    vddk.check(function, result);
    try {
      return BlockList.read(list.getValue());
    } finally {
      VddkApi.VixDiskLib_FreeBlockList(list.getValue());
    }
  }

  /** Has the disk and its connection closed; does not wait for that. */
  void close() {
    vddk.close(this);
  }

  /** Calls Close, on the lifecycle thread, where no query can be in progress. */
  long callClose() {
    closed = true;
    return VddkApi.VixDiskLib_Close(handle);
  }
}
