package org.nbdcore.server.transmission;

import java.io.EOFException;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.nbdcore.log.ConnectionContext;
import org.nbdcore.log.ServerLog;
import org.nbdcore.protocol.Command;
import org.nbdcore.protocol.ErrorValue;
import org.nbdcore.server.memory.Slab;

/**
 * Reads the requests of a connection and, while the device is fast, executes them. It collects
 * replies in a batch and writes the batch when it is full, or before it blocks.
 *
 * <p>During a call of the chain, the monitor may move the unread input and the unsent replies to
 * another receiver. {@link #phase} determines their owner.
 */
public final class Receiver implements Runnable {

  /**
   * Size in bytes of the input buffer and of a batch of replies; enough for 16 requests of 4 KiB.
   */
  public static final int SLAB = 1 << 17;

  /**
   * Replies to reads of at most this length are collected in the batch. Longer ones are written
   * from separate memory.
   */
  static final int GATHERED_READ = 1 << 15;

  /** Time to continue alone before asking for another thread again. */
  private static final long NEXT_TRY_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final int RUNNING = 0;
  private static final int IN_CALL = 1;
  private static final int BEING_OVERTAKEN = 2;
  private static final int OVERTAKEN = 3;

  private static final VarHandle PHASE;

  static {
    try {
      PHASE = MethodHandles.lookup().findVarHandle(Receiver.class, "phase", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Transmission t;
  private final Request request;
  private final ReplyBatch batch;
  private final ReceiveBuffer input;
  private final LongReads longReads;
  private volatile int phase;
  private boolean disconnected; // the client has sent NBD_CMD_DISC
  private int calls; // published by phase

  /** Length of the read in progress if it has no memory yet, otherwise 0; published by phase. */
  private int withoutMemory;

  private int seenCalls; // of the monitor
  private long startFailedAt; // of the monitor: last failure to start a thread, or 0

  /**
   * Starts with input that was already read, in a slab of {@link #SLAB} bytes. Takes ownership of
   * the slab.
   */
  Receiver(Transmission transmission, Slab slab, int from, int to) {
    t = transmission;
    request = Request.served(t.wire.transfers());
    batch = new ReplyBatch(transmission);
    input = new ReceiveBuffer(transmission, batch, slab, from, to);
    longReads = new LongReads(this, t, request, batch);
  }

  /**
   * Takes over from a receiver that is blocked in a call.
   *
   * @throws OutOfMemoryError if there is no memory for a second receiver; then nothing has changed
   */
  private Receiver(Receiver blocked) {
    t = blocked.t;
    request = Request.served(t.wire.transfers());
    batch = new ReplyBatch(t);
    longReads = new LongReads(this, t, request, batch);
    blocked.batch.acquireFor(batch);
    try {
      input = blocked.input.moveTo(t, batch);
    } catch (OutOfMemoryError e) {
      batch.discard();
      throw e;
    }
    blocked.batch.moveTo(batch);
  }

  @Override
  public void run() {
    ConnectionContext.set(t.session);
    try {
      serve();
    } catch (IOException e) {
      ServerLog.LOG.debug(() -> "connection lost: " + e.getMessage());
      t.connectionFailed(e);
    } catch (RuntimeException | Error e) {
      ServerLog.LOG.error("the connection is dropped: " + e, e);
      t.connectionFailed(e);
    } finally {
      discard();
      if (phase == OVERTAKEN) {
        Worker.continueAsWorker(t);
      } else {
        t.inputEnded(!disconnected);
      }
      ConnectionContext.clear();
      t.leave();
    }
  }

  private void discard() {
    input.discard();
    batch.discard();
  }

  /** Serves until the input ends, the server stops or another receiver has taken over. */
  private void serve() throws IOException {
    try {
      serveRequests();
    } catch (EOFException e) {
      // the client may have closed only its half: still send the replies to earlier requests
      ServerLog.LOG.debug(() -> "connection lost: " + e.getMessage());
      batch.flush();
    }
  }

  private void serveRequests() throws IOException {
    while (true) {
      while (input.available() >= t.requests.header) {
        if (!next()) {
          return;
        }
      }
      if (t.stopping() || !input.need(t.requests.header)) {
        batch.flush();
        return;
      }
    }
  }

  /** Handles the next request. Returns false if it was the last one for this receiver. */
  private boolean next() throws IOException {
    int at = input.take(t.requests.header);
    t.requests.parse(request, input.bytes(), at);
    t.reporter.received(request);
    if (request.type == Command.DISC) {
      batch.flush();
      disconnected = true;
      return false;
    }
    t.requests.handlePayloadFlag(request, input);
    t.check.check(request);
    if (request.changes() && request.error == 0) {
      t.markDirty();
    }
    if (t.session.refusing() && request.error == 0) {
      request.fail(ErrorValue.ESHUTDOWN, "the server ends this connection");
    }
    if (request.type == Command.WRITE) {
      return write();
    }
    if (request.error != 0) {
      return gatherReply();
    }
    boolean read = request.type == Command.READ;
    boolean asynchronous = read && t.operations.prefersAsync();
    if (asynchronous || busy()) {
      batch.flush();
      Slab data = read ? acquire((int) request.length) : null;
      if (request.error != 0) {
        return gatherReply();
      }
      return asynchronous ? submitOrQueue(data) : queue(data);
    }
    return read ? read() : call(null) && gatherReply();
  }

  /** True if requests must be left to workers. */
  private boolean busy() {
    return t.speed.slow() || t.queue.full();
  }

  /**
   * Leaves the request to a worker. The batch must be empty.
   *
   * @param data payload of a write, or buffer of a read. Workers never wait for memory, so every
   *     queued request can finish
   */
  private boolean queue(Slab data) {
    return t.queue.put(queued(data));
  }

  /**
   * Submits a read or write asynchronously. If the device declines, queues it for a worker. The
   * batch must be empty.
   */
  private boolean submitOrQueue(Slab data) {
    Request queued = queued(data);
    return t.inFlight.submit(queued) || t.queue.put(queued);
  }

  private Request queued(Slab data) {
    Request queued = t.requestPool.take();
    queued.copy(request);
    queued.slab = data;
    return queued;
  }

  /**
   * Acquires memory for the request. Returns null if there is too little, and fails the request.
   * Sends the batch before it blocks.
   */
  Slab acquire(int length) throws IOException {
    try {
      Slab slab = t.pool.acquireIfRoom(length);
      if (slab == null) {
        batch.flush();
        slab = t.pool.acquire(length);
      }
      return slab;
    } catch (OutOfMemoryError e) {
      request.failForMemory(length);
      return null;
    }
  }

  private boolean read() throws IOException {
    int length = (int) request.length;
    if (length > GATHERED_READ) {
      return longReads.serve(length);
    }
    int header = t.format.readHeader();
    batch.reserve(header + length);
    if (!call(batch.slab().view(batch.length() + header, length))) {
      return false;
    }
    if (request.error != 0) {
      return gatherReply();
    }
    t.format.put(request, batch.slab().bytes, batch.length());
    batch.add(header + length);
    return true;
  }

  private boolean write() throws IOException {
    if (request.error != 0) {
      input.skip(request.payload);
      return gatherReply();
    }
    int length = (int) request.length;
    boolean fits = length <= SLAB - t.requests.header;
    boolean asynchronous = t.operations.prefersAsync();
    if (fits && !asynchronous && !busy()) {
      if (input.available() < length) {
        t.payloadProgress();
        if (!input.need(length)) {
          throw new EOFException("the client disconnected in the middle of a write");
        }
        t.payloadComplete();
      }
      return call(input.view(input.take(length), length)) && gatherReply();
    }
    Slab payload = acquire(length);
    if (payload == null) {
      input.skip(request.payload);
      return gatherReply();
    }
    payload = input.receive(payload, length);
    try {
      if (asynchronous || busy()) {
        batch.flush();
        Slab left = payload;
        payload = null;
        return asynchronous ? submitOrQueue(left) : queue(left);
      }
      if (!call(payload.view(0, length))) {
        return false;
      }
    } finally {
      t.pool.release(payload);
    }
    return gatherReply(); // this may block, so the payload must be released before
  }

  /**
   * Calls the chain with the request.
   *
   * @return false if another receiver has taken over meanwhile; then the reply has been sent
   */
  boolean call(ByteBuffer data) throws IOException {
    calls++;
    withoutMemory = data == null && request.type == Command.READ ? (int) request.length : 0;
    phase = IN_CALL;
    t.monitor.callStarts();
    long start = System.nanoTime();
    t.operations.perform(request, data);
    long nanos = t.reporter.afterCall(request) - start;
    while (!PHASE.compareAndSet(this, IN_CALL, RUNNING)) {
      if (phase == OVERTAKEN) {
        UnbatchedReply.sendOvertaken(t, request, data);
        return false;
      }
      Thread.onSpinWait(); // the monitor is moving the input and the batch
    }
    t.speed.sample(nanos, request.length);
    return true;
  }

  /** Puts a reply that carries no read data into the batch. */
  boolean gatherReply() throws IOException {
    t.reporter.completed(request); // has no effect unless the request was refused
    int size = t.format.size(request);
    if (size > SLAB) {
      batch.flush();
      UnbatchedReply.send(t, request, null);
      return true;
    }
    batch.reserve(size);
    t.format.put(request, batch.slab().bytes, batch.length());
    batch.add(size);
    return true;
  }

  /**
   * Starts another receiver for the connection if this one has been in the same call since the
   * monitor's last check. Called by the monitor.
   *
   * @return true if this receiver has recently been in a call
   */
  public boolean overtakeIfBlocked() {
    int now = phase;
    int count = calls;
    boolean same = count == seenCalls;
    seenCalls = count;
    if (now != IN_CALL || !same) {
      return now == IN_CALL || !same;
    }
    if (startFailedAt != 0 && System.nanoTime() - startFailedAt < NEXT_TRY_NANOS) {
      return true;
    }
    if (PHASE.compareAndSet(this, IN_CALL, BEING_OVERTAKEN)) {
      overtake();
    }
    return true;
  }

  private void overtake() {
    // reserve now, because an overtaken read could not block for memory later
    if (withoutMemory > 0 && !t.pool.reserve(withoutMemory)) {
      PHASE.compareAndSet(this, BEING_OVERTAKEN, IN_CALL); // until the monitor's next check
      return;
    }
    StandbyReceiver standby = new StandbyReceiver(t);
    try {
      t.start(standby);
    } catch (RuntimeException | Error e) {
      continueAlone();
      return;
    }
    Receiver next = null;
    try {
      next = new Receiver(this);
    } catch (OutOfMemoryError e) {
      continueAlone();
      standby.serveAs(null);
      return;
    }
    try {
      t.speed.overtaken();
      t.queue.adopt();
      phase = OVERTAKEN;
      t.replaceReceiver(next);
    } catch (RuntimeException | Error e) {
      // this connection is lost, but must not affect the others
      keepRole();
      ServerLog.LOG.error("the connection is dropped: " + e, e);
      t.connectionFailed(e);
    } finally {
      standby.serveAs(next);
    }
  }

  /**
   * Cancels the overtaking, because there is no thread or no memory for a second receiver. For a
   * second, the connection executes one call at a time.
   */
  private void continueAlone() {
    startFailedAt = System.nanoTime() | 1;
    keepRole();
  }

  /** Cancels the overtaking: this receiver keeps its role, and its reservation is returned. */
  private void keepRole() {
    int reserved = withoutMemory;
    if (PHASE.compareAndSet(this, BEING_OVERTAKEN, IN_CALL) && reserved > 0) {
      t.pool.unreserve(reserved);
    }
  }
}
