package org.nbdcore.server.transmission;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.nbdcore.server.export.ConnectionSession;
import org.nbdcore.server.export.NegotiatedOptions;
import org.nbdcore.server.export.OpenExport;
import org.nbdcore.server.failure.Failures;
import org.nbdcore.server.memory.ConnectionBudget;
import org.nbdcore.server.memory.ExportBudget;
import org.nbdcore.server.memory.Slab;
import org.nbdcore.server.wire.Wire;

/**
 * The transmission phase of one connection: the state that its threads share.
 *
 * <p>One thread at a time is the {@link Receiver}. It reads requests and, while the device is fast,
 * executes them itself, so no request moves between threads. If calls take long, requests go to
 * {@link Worker}s through the {@link WorkQueue}. If a single call takes unexpectedly long, the
 * {@link CallMonitor} starts a new receiver, and the old one continues as a worker. The last thread
 * that leaves ends the phase.
 */
public final class Transmission {

  /** Time limit for long requests after the client has sent NBD_CMD_DISC. */
  private static final Duration DISCONNECT_TIMEOUT = Duration.ofSeconds(30);

  final Wire wire;
  final OpenExport export;
  public final ConnectionBudget pool;
  final RequestValidator check;
  final Operations operations;
  final RequestReporter reporter;
  final ReplyFormat format;
  final RequestFormat requests;
  final RequestPool requestPool;
  final ReplyQueue replyQueue;
  final WorkQueue queue;
  final AsyncRequests inFlight = new AsyncRequests(this);
  final CallMonitor monitor;
  final SpinLimit spinLimit;
  public final LatencyEstimate speed = new LatencyEstimate();
  final ConnectionSession session;

  private final Executor threads;
  private final Runnable onEnd;
  private final AtomicInteger threadsInside = new AtomicInteger();
  private volatile Receiver receiver;
  private volatile boolean stopping;
  private volatile boolean dirty;
  private volatile boolean
      disconnectRequested; // the client has sent NBD_CMD_DISC, and may wait for the disk
  private volatile long payloadSince; // last progress of a payload; 0 while none is expected
  private volatile long payloadBegan; // start of the payload; 0 while none is expected

  /**
   * Creates the phase. {@link #begin} starts it.
   *
   * @param budget of the export, or null
   * @param events receives the events of requests; null for none
   */
  public Transmission(
      TransmissionContext context,
      Wire wire,
      OpenExport export,
      NegotiatedOptions negotiated,
      ConnectionSession session,
      ExportBudget budget,
      RequestEvents events,
      Runnable onEnd) {
    this.wire = wire;
    this.export = export;
    pool = new ConnectionBudget(context.pool(), budget);
    this.session = session;
    this.threads = context.threads();
    this.monitor = context.monitor();
    this.spinLimit = context.spinLimit();
    this.onEnd = onEnd;
    check = new RequestValidator(export, negotiated);
    reporter = new RequestReporter(events);
    operations = new Operations(export, negotiated, reporter);
    format = new ReplyFormat(negotiated);
    requests = new RequestFormat(negotiated, context.unflaggedWrites());
    requestPool = new RequestPool(wire.transfers());
    replyQueue = new ReplyQueue(wire, pool, requestPool);
    queue = new WorkQueue(this, export.locks.workers(context.requests()));
  }

  /**
   * Serves requests on the calling thread, until the phase is over or another thread has taken
   * over.
   */
  public void begin(Slab input, int from, int to) {
    Receiver first = new Receiver(this, input, from, to);
    receiver = first;
    threadsInside.incrementAndGet();
    monitor.watch(this);
    first.run();
  }

  /** The number of requests that were received and are not complete; 0 without listeners. */
  public long requestsInProgress() {
    return reporter.inProgress();
  }

  /** The current receiver. */
  public Receiver receiver() {
    return receiver;
  }

  /** Replaces the receiver, whose thread is blocked in the chain. Called by the monitor. */
  void replaceReceiver(Receiver next) {
    receiver = next;
  }

  /** Starts one more thread in this phase. */
  void start(Runnable participant) {
    threadsInside.incrementAndGet();
    try {
      threads.execute(participant);
    } catch (RuntimeException | Error e) {
      leave();
      throw e;
    }
  }

  /** Each participating thread calls this as its last action. */
  void leave() {
    if (threadsInside.decrementAndGet() == 0) {
      monitor.unwatch(this);
      finish();
    }
  }

  private void finish() {
    session.end();
    if (stopping && dirty && export.capabilities.flush()) {
      operations.lastFlush();
    }
    if (!disconnectRequested) {
      wire.close(); // before the disk, because closing the disk may take long
    }
    onEnd.run(); // closes the disk and then the wire
  }

  /**
   * Called by the receiver at the end of the input: no further requests will come.
   *
   * @param closed true if the client has disconnected, so its requests may end early. False after
   *     {@code NBD_CMD_DISC}: requests in progress must finish, and sleeping layers are not woken
   */
  void inputEnded(boolean closed) {
    session.setEndReason(closed ? "the client closed the connection" : "the client disconnected");
    if (closed) {
      session.end();
    } else {
      disconnectRequested = true;
      session.clientDisconnects(DISCONNECT_TIMEOUT);
    }
    queue.close();
    inFlight.close();
  }

  /**
   * Ends a failed connection, and drops waiting requests.
   *
   * @param cause the reason, for listeners
   */
  void connectionFailed(Throwable cause) {
    session.setEndReason("the connection was lost: " + Failures.message(cause));
    session.end();
    queue.drop();
    inFlight.close();
    wire.close();
  }

  /** Records that the client has sent a part of a payload. */
  void payloadProgress() {
    long now = System.nanoTime() | 1;
    if (payloadBegan == 0) {
      payloadBegan = now;
    }
    payloadSince = now;
  }

  /**
   * Records that the payload waits for memory, so the client does not count as stalled. {@link
   * #payloadProgress} ends this.
   */
  void payloadWaits() {
    payloadSince = 0;
  }

  /** Records that the payload is complete. */
  void payloadComplete() {
    payloadSince = 0;
    payloadBegan = 0;
  }

  /**
   * The time in nanoseconds for which the client has held memory without sending or receiving
   * anything.
   */
  public long stalledNanos() {
    return sinceEarlier(payloadSince, wire.unwritableSince());
  }

  /** The duration in nanoseconds of the payload or reply for which the client holds memory. */
  public long transferNanos() {
    return sinceEarlier(payloadBegan, wire.writingSince());
  }

  private static long sinceEarlier(long one, long other) {
    long now = System.nanoTime();
    return Math.max(one == 0 ? 0 : now - one, other == 0 ? 0 : now - other);
  }

  /** Records that there is data to flush. */
  void markDirty() {
    if (!dirty) {
      dirty = true;
    }
  }

  /** Requests the end of the phase after the requests that have arrived. */
  public void stop() {
    stopping = true;
    session.setEndReason("the server stopped");
    session.end();
    wire.wake();
  }

  boolean stopping() {
    return stopping;
  }
}
