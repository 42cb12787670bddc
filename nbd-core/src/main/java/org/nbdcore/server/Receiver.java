package org.nbdcore.server;

import java.io.EOFException;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import org.nbdcore.log.ConnectionContext;
import org.nbdcore.protocol.Command;
import org.nbdcore.protocol.CommandFlags;
import org.nbdcore.protocol.ErrorValue;
import org.nbdcore.protocol.ReplyType;

/**
 * Reads the requests of a connection and, while the device is quick, serves them: replies gather in
 * a batch, which is written before the thread would wait and when it is full.
 *
 * <p>While it is in a call of the chain, the monitor may move its unread input and its unsent
 * replies to another receiver; {@link #phase} says who has them.
 */
final class Receiver implements Runnable {

  /** Bytes of input read at a time, and of replies gathered; enough for 16 requests of 4 KiB. */
  static final int SLAB = 1 << 17;

  /** Reads up to this length are gathered; longer ones are written from memory of their own. */
  private static final int GATHERED_READ = 1 << 15;

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
  private final Batch batch;
  private final Input input;
  private volatile int phase;
  private SparseReply sparse; // made when first needed
  private boolean disconnected; // the client has said that it goes
  private int calls; // published by phase
  private int seenCalls; // the monitor's

  /** Begins with what has been read already, in a slab of {@link #SLAB} bytes that it owns. */
  Receiver(Transmission transmission, Slab slab, int from, int to) {
    t = transmission;
    request = Request.served(t.wire.transfers());
    batch = new Batch(transmission);
    input = new Input(transmission, batch, slab, from, to);
  }

  /** Takes over from a receiver that is held up in a call. */
  private Receiver(Receiver heldUp) {
    t = heldUp.t;
    request = Request.served(t.wire.transfers());
    batch = new Batch(t);
    heldUp.batch.moveTo(batch);
    input = heldUp.input.moveTo(t, batch);
  }

  @Override
  public void run() {
    ConnectionContext.set(t.session.number());
    try {
      serve();
    } catch (IOException e) {
      ServerLog.LOG.debug(() -> "connection lost: " + e.getMessage());
      t.broken();
    } catch (RuntimeException | Error e) {
      ServerLog.LOG.error("the connection is dropped: " + e, e);
      t.broken();
    } finally {
      discard();
      if (phase == OVERTAKEN) {
        Worker.carryOn(t);
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
      // the client may have ended its half only: what came before is answered all the same
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

  /** Handles the next request; false if it was the last one for this receiver. */
  private boolean next() throws IOException {
    int at = input.take(t.requests.header);
    t.requests.parse(request, input.bytes(), at);
    if (request.type == Command.DISC) {
      batch.flush();
      disconnected = true;
      return false;
    }
    t.requests.settlePayload(request, input);
    t.check.check(request);
    if (changes(request.type) && request.error == 0) {
      t.wrote();
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
    if (read && t.operations.asynchronous()) {
      batch.flush();
      return entrust(t.pool.acquire((int) request.length));
    }
    if (busy()) {
      batch.flush();
      return queue(read ? t.pool.acquire((int) request.length) : null);
    }
    return read ? read() : call(null) && gatherReply();
  }

  private static boolean changes(int command) {
    return command == Command.WRITE || command == Command.WRITE_ZEROES || command == Command.TRIM;
  }

  /** Whether requests are to be left to workers. */
  private boolean busy() {
    return t.speed.slow() || t.queue.full();
  }

  /**
   * Leaves the request to a worker. The batch must be empty.
   *
   * @param data what a write has brought or what a read will fill: workers never wait for memory,
   *     so that requests which have theirs are finished whatever happens
   */
  private boolean queue(Slab data) {
    return t.queue.put(queued(data));
  }

  /** Leaves a read or write to the device, or else to a worker. The batch must be empty. */
  private boolean entrust(Slab data) {
    Request queued = queued(data);
    return t.inFlight.begin(queued) || t.queue.put(queued);
  }

  private Request queued(Slab data) {
    Request queued = t.shelf.take();
    queued.copy(request);
    queued.slab = data;
    return queued;
  }

  private boolean read() throws IOException {
    int length = (int) request.length;
    if (length > GATHERED_READ) {
      return longRead(length);
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

  /** Serves a read whose data is written from where it lies, or else from a slab of its own. */
  private boolean longRead(int length) throws IOException {
    if (!call(null)) {
      return false;
    }
    if (request.error != 0) {
      return gatherReply();
    }
    if (request.loan.length() == 0) {
      return copiedRead(length);
    }
    if (t.format.chunks() && request.loan.hasZeroes() && sparseRead()) {
      request.loan.clear();
      return true;
    }
    int header = gatherReadHeader();
    if (!batch.flushWith(request.loan)) {
      request.slab = t.pool.acquire(length);
      copyLoan(request.slab);
      queueInstead(header);
    }
    request.loan.clear();
    return true;
  }

  /**
   * Sends holes as such.
   *
   * @return false, with nothing done, if the reply has to be in one piece, has no hole worth a
   *     chunk, or another thread writes at the moment
   */
  private boolean sparseRead() throws IOException {
    if (sparse == null) {
      sparse = new SparseReply(t.format);
    }
    sparse.measure(request);
    if (sparse.isOneHole()) {
      batch.reserve(t.format.hole());
      t.format.putHole(
          request,
          batch.slab().bytes,
          batch.length(),
          ReplyType.FLAG_DONE,
          request.offset,
          (int) request.length);
      batch.add(t.format.hole());
      return true;
    }
    if (!sparse.hasHoles() || (request.flags & CommandFlags.DF) != 0) {
      return false;
    }
    batch.reserve(sparse.headers());
    return batch.flushWith(sparse, request);
  }

  private boolean copiedRead(int length) throws IOException {
    request.slab = t.pool.acquire(length);
    try {
      if (!call(request.slab.view(0, length))) {
        return false;
      }
      if (request.error != 0) {
        return gatherReply();
      }
      int header = gatherReadHeader();
      if (!batch.flushWith(request.slab.view(0, length))) {
        queueInstead(header);
      }
      return true;
    } finally {
      t.pool.release(request.slab);
      request.slab = null;
    }
  }

  private int gatherReadHeader() throws IOException {
    int header = t.format.readHeader();
    batch.reserve(header);
    t.format.put(request, batch.slab().bytes, batch.length());
    batch.add(header);
    return header;
  }

  /** Another thread writes at the moment: leaves it the reply whose header was gathered last. */
  private void queueInstead(int header) throws IOException {
    batch.add(-header);
    batch.flush();
    replyAlone(null);
  }

  private boolean write() throws IOException {
    if (request.error != 0) {
      input.skip(request.payload);
      return gatherReply();
    }
    int length = (int) request.length;
    boolean fits = length <= SLAB - t.requests.header;
    boolean asynchronous = t.operations.asynchronous();
    if (fits && !asynchronous && !busy()) {
      if (input.available() < length) {
        t.payloadProgress();
        if (!input.need(length)) {
          throw new EOFException("the client left in the middle of a write");
        }
        t.payloadComplete();
      }
      return call(input.view(input.take(length), length)) && gatherReply();
    }
    Slab payload = t.pool.acquire(length);
    try {
      input.receive(payload, length);
      if (asynchronous || busy()) {
        batch.flush();
        Slab left = payload;
        payload = null;
        return asynchronous ? entrust(left) : queue(left);
      }
      return call(payload.view(0, length)) && gatherReply();
    } finally {
      t.pool.release(payload);
    }
  }

  /**
   * Calls the chain with the request.
   *
   * @return false if another receiver has taken over meanwhile; then the reply has been sent
   */
  private boolean call(ByteBuffer data) throws IOException {
    calls++;
    phase = IN_CALL;
    t.monitor.callBegins();
    long start = System.nanoTime();
    t.operations.perform(request, data);
    long nanos = System.nanoTime() - start;
    while (!PHASE.compareAndSet(this, IN_CALL, RUNNING)) {
      if (phase == OVERTAKEN) {
        replyAlone(data);
        return false;
      }
      Thread.onSpinWait(); // the monitor is moving what we had
    }
    t.speed.sample(nanos, request.length);
    return true;
  }

  /**
   * Sends the reply to the request by itself: a read's data from its slab, or else {@code data}.
   */
  private void replyAlone(ByteBuffer data) throws IOException {
    Request alone = t.shelf.take();
    alone.copy(request);
    alone.extents = request.extents;
    if (alone.type == Command.READ && alone.error == 0) {
      alone.slab = request.slab;
      request.slab = null;
      if (alone.slab == null) {
        copyOut(alone, data);
      }
    }
    Worker.reply(t, alone);
  }

  private void copyOut(Request alone, ByteBuffer data) {
    int length = (int) request.length;
    alone.slab = t.pool.acquireNow(length);
    if (data != null) {
      alone.slab.bytes.put(0, data, data.limit() - length, length);
    } else if (request.loan.length() > 0) {
      copyLoan(alone.slab);
      alone.error = request.error;
      alone.message = request.message;
      request.loan.clear();
    } else {
      // overtaken while asking for a loan that was refused: the read itself is still to be done
      t.operations.perform(alone, alone.slab.view(0, length));
    }
  }

  /** Reads what was lent, as it cannot be sent from where it lies. */
  private void copyLoan(Slab target) {
    try {
      request.loan.copyTo(target);
    } catch (IOException e) {
      request.fail(Failures.error(e).wireValue(), Failures.message(e));
    }
  }

  /** Puts a reply that carries no read data into the batch. */
  private boolean gatherReply() throws IOException {
    int size = t.format.size(request);
    if (size > SLAB) {
      batch.flush();
      replyAlone(null);
      return true;
    }
    batch.reserve(size);
    t.format.put(request, batch.slab().bytes, batch.length());
    batch.add(size);
    return true;
  }

  /**
   * Gives the connection another receiver if this one has been in the same call since the monitor's
   * last look. Called by the monitor.
   *
   * @return whether this receiver has been in a call lately
   */
  boolean overtakeIfHeldUp() {
    int now = phase;
    int count = calls;
    boolean same = count == seenCalls;
    seenCalls = count;
    if (now != IN_CALL || !same) {
      return now == IN_CALL || !same;
    }
    if (PHASE.compareAndSet(this, IN_CALL, BEING_OVERTAKEN)) {
      beOvertaken();
    }
    return true;
  }

  private void beOvertaken() {
    Receiver next = null;
    try {
      next = new Receiver(this);
      t.speed.stuck();
      t.queue.adopt();
      phase = OVERTAKEN;
      t.replaceReceiver(next);
    } catch (RuntimeException | Error e) {
      // no memory or no thread: this connection is lost, the others must not be
      if (next != null) {
        next.discard();
      }
      PHASE.compareAndSet(this, BEING_OVERTAKEN, IN_CALL);
      ServerLog.LOG.error("the connection is dropped: " + e, e);
      t.broken();
    }
  }
}
