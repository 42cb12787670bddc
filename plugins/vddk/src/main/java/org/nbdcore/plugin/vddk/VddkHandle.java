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
 * An open disk of VDDK, on its own connection.
 *
 * <p>VDDK does not allow two synchronous calls on one handle at the same time, and does not
 * document other calls. So every call holds {@link #calls}; an asynchronous request then continues
 * without the lock.
 */
final class VddkHandle {

  /** Time limit of an asynchronous call, after which it may need a call of Wait. */
  private static final long WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /** Maximum time that a query blocks the lifecycle thread while its handle is in use. */
  private static final long QUERY_TIMEOUT_MILLIS = 50;

  /** The time limit if VDDK is known to complete calls without Wait. */
  private static final long TRUST_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final Vddk vddk;
  private final long connection;
  private final long handle;
  private final ConnectParams params;

  /** Held during each call into VDDK with this handle. */
  private final ReentrantLock calls = new ReentrantLock(true);

  /** True if VDDK has completed a call without Wait at least once. */
  private volatile boolean completesWithoutWait;

  /** True if a call completed only in Wait at least once. */
  private volatile boolean completesInWait;

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

  /** True if no reads and writes are in progress, which a query would block. */
  boolean idle() {
    return inFlight.get() == 0;
  }

  /** True if VDDK has refused asynchronous calls. */
  boolean synchronous() {
    return synchronous;
  }

  /** True if submitted calls are known to complete without a call of Wait. */
  boolean completesWithoutWait() {
    return completesWithoutWait && !synchronous;
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
   * Submits a read or write. {@link #await} waits for its completion.
   *
   * @return false if VDDK declines; then use {@link #transfer}
   */
  boolean submit(AsyncCall call, boolean write, long start, long sectors, long address) {
    calls.lock();
    return submitLocked(call, write, start, sectors, address);
  }

  /**
   * Like {@link #submit}, but declines if another call into VDDK is in progress or waiting, because
   * that may take long.
   */
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
      completed(call, 0);
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
   * Waits until a submitted call has ended. Returns its result. VDDK may complete it on this
   * thread, on another thread, or only in a call of Wait. This class observes which of these
   * happens.
   */
  long await(AsyncCall call) {
    boolean interrupted = false;
    boolean waitNow = completesInWait;
    long deadline = System.nanoTime() + (completesWithoutWait ? TRUST_NANOS : WAIT_NANOS);
    while (!call.done()) {
      long left = deadline - System.nanoTime();
      if (waitNow || left <= 0) {
        waitForAll(call);
        waitNow = false; // do not retry at once after a Wait without an effect
        deadline = System.nanoTime() + WAIT_NANOS;
      } else {
        LockSupport.parkNanos(this, left);
        interrupted |= Thread.interrupted(); // VDDK owns the buffer until the call has ended
      }
    }
    if (call.completedOnOwnThread() && !completesWithoutWait) {
      completesWithoutWait = true;
    }
    completed(call);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return call.result();
  }

  /** Counts a completed call. */
  void completed(AsyncCall call) {
    completed(call, call.bytes);
  }

  private void completed(AsyncCall call, long bytes) {
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
      if (call.done() && !call.completedOnOwnThread() && !completesWithoutWait) {
        completesInWait = true;
      }
    } finally {
      calls.unlock();
    }
  }

  /** True if this thread is in a call into VDDK, which may call back. */
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

  /** The transport in use. Call it on the lifecycle thread. */
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

  /**
   * Returns null if the handle is in use, so that other disks can be opened and closed before the
   * next attempt.
   */
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

  /** Queues the close of the disk and its connection. Does not wait for it. */
  void close() {
    vddk.close(this);
  }

  /** Calls Close. Call it on the lifecycle thread, so that no query is in progress. */
  long callClose() {
    closed = true;
    return VddkApi.VixDiskLib_Close(handle);
  }
}
