package org.nbdcore.server;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The transmission phase of one connection: what its threads share.
 *
 * <p>One thread at a time is the {@link Receiver}: it reads requests and, while the device answers
 * quickly, serves them itself, so that nothing is handed from thread to thread. When calls take
 * long, requests go to {@link Worker}s through the {@link WorkQueue} instead; and when a single
 * call takes unexpectedly long, the {@link CallMonitor} makes a new receiver, and the old one
 * carries on as a worker. The last thread to leave ends the phase.
 */
final class Transmission {

  final Wire wire;
  final OpenExport export;
  final ConnectionBudget pool;
  final RequestCheck check;
  final Operations operations;
  final ReplyFormat format;
  final RequestFormat requests;
  final RequestPool requestPool = new RequestPool();
  final ReplyQueue replyQueue;
  final WorkQueue queue;
  final AsyncRequests inFlight = new AsyncRequests(this);
  final CallMonitor monitor;
  final SpinLimit spinLimit;
  final LatencyEstimate speed = new LatencyEstimate();
  final ConnectionSession session;

  private final Executor threads;
  private final Runnable whenOver;
  private final AtomicInteger inside = new AtomicInteger();
  private volatile Receiver receiver;
  private volatile boolean stopping;
  private volatile boolean written;
  private volatile long payloadSince; // 0 while no payload is waited for
  private volatile long payloadBegan; // the same, but more of it changes nothing

  /** Knows everything; {@link #begin} starts it. */
  Transmission(
      ServerCore core,
      Wire wire,
      OpenExport export,
      NegotiatedOptions negotiated,
      ConnectionSession session,
      Runnable whenOver) {
    this.wire = wire;
    this.export = export;
    pool = new ConnectionBudget(core.pool());
    this.session = session;
    this.threads = core.threads();
    this.monitor = core.monitor();
    this.spinLimit = core.spinLimit();
    this.whenOver = whenOver;
    check = new RequestCheck(export, negotiated);
    operations = new Operations(export, core.locks());
    format = new ReplyFormat(negotiated);
    requests = new RequestFormat(negotiated, core.unflaggedWrites());
    replyQueue = new ReplyQueue(wire, pool, requestPool);
    queue = new WorkQueue(this, core.locks().workers(core.options().threads()));
  }

  /** Serves on the calling thread, until the phase is over or another thread has taken over. */
  void begin(Slab input, int from, int to) {
    Receiver first = new Receiver(this, input, from, to);
    receiver = first;
    inside.incrementAndGet();
    monitor.watch(this);
    first.run();
  }

  /** The thread that reads at the moment. */
  Receiver receiver() {
    return receiver;
  }

  /** Replaces the receiver, whose thread is held up in the chain. Called by the monitor. */
  void replaceReceiver(Receiver next) {
    receiver = next;
  }

  /** Runs one more thread inside this phase. */
  void start(Runnable participant) {
    inside.incrementAndGet();
    try {
      threads.execute(participant);
    } catch (RuntimeException | Error e) {
      leave();
      throw e;
    }
  }

  /** To be called by each participant as its last act. */
  void leave() {
    if (inside.decrementAndGet() == 0) {
      monitor.forget(this);
      finish();
    }
  }

  private void finish() {
    session.end();
    if (stopping && written && export.capabilities.flush()) {
      operations.lastFlush();
    }
    wire.close(); // before the disk, which may take long and which the client need not wait for
    whenOver.run();
  }

  /**
   * The receiver has seen the end: what is queued will be the last.
   *
   * @param gone whether nobody may be left who waits for it; otherwise, after {@code NBD_CMD_DISC},
   *     it has to be finished, and whoever sleeps on its behalf sleeps on
   */
  void inputEnded(boolean gone) {
    if (gone) {
      session.end();
    } else {
      session.leaves(Timeouts.LAST);
    }
    queue.close();
    inFlight.close();
  }

  /** The connection is useless: waiting requests are dropped. */
  void broken() {
    session.end();
    queue.drop();
    inFlight.close();
    wire.close();
  }

  /** The client has begun a payload, or sent more of it. */
  void payloadProgress() {
    long now = System.nanoTime() | 1;
    if (payloadBegan == 0) {
      payloadBegan = now;
    }
    payloadSince = now;
  }

  /** The payload is here. */
  void payloadComplete() {
    payloadSince = 0;
    payloadBegan = 0;
  }

  /** For how long the client has kept memory without sending or taking anything. */
  long stalledNanos() {
    return sinceEarlier(payloadSince, wire.unwritableSince());
  }

  /** For how long the client has been about the payload or the reply that it keeps memory for. */
  long transferNanos() {
    return sinceEarlier(payloadBegan, wire.writingSince());
  }

  private static long sinceEarlier(long one, long other) {
    long now = System.nanoTime();
    return Math.max(one == 0 ? 0 : now - one, other == 0 ? 0 : now - other);
  }

  /** Remembers that there is something to flush. */
  void wrote() {
    if (!written) {
      written = true;
    }
  }

  /** Asks for an end after the requests that have arrived. */
  void stop() {
    stopping = true;
    session.end();
    wire.wake();
  }

  boolean stopping() {
    return stopping;
  }
}
