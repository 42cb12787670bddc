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
 * The transmission phase of one connection: what its threads share.
 *
 * <p>One thread at a time is the {@link Receiver}. It reads requests and, while the device is fast,
 * executes them itself, so no request moves between threads. If calls take long, requests go to
 * {@link Worker}s through the {@link WorkQueue}. If a single call takes unexpectedly long, the
 * {@link CallMonitor} starts a new receiver, and the old one continues as a worker. The last thread
 * to leave ends the phase.
 */
public final class Transmission {

  /** Time limit for long requests after the client has sent NBD_CMD_DISC. */
  private static final Duration LAST = Duration.ofSeconds(30);

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
  private final Runnable whenOver;
  private final AtomicInteger inside = new AtomicInteger();
  private volatile Receiver receiver;
  private volatile boolean stopping;
  private volatile boolean written;
  private volatile boolean awaited; // the client has said goodbye, and may wait for the disk
  private volatile long payloadSince; // 0 while no payload is waited for
  private volatile long payloadBegan; // the same, but more of it changes nothing

  /**
   * Knows everything; {@link #begin} starts it.
   *
   * @param budget of the export, or null
   * @param events hears of requests; null for nobody
   */
  public Transmission(
      TransmissionContext context,
      Wire wire,
      OpenExport export,
      NegotiatedOptions negotiated,
      ConnectionSession session,
      ExportBudget budget,
      RequestEvents events,
      Runnable whenOver) {
    this.wire = wire;
    this.export = export;
    pool = new ConnectionBudget(context.pool(), budget);
    this.session = session;
    this.threads = context.threads();
    this.monitor = context.monitor();
    this.spinLimit = context.spinLimit();
    this.whenOver = whenOver;
    check = new RequestValidator(export, negotiated);
    reporter = new RequestReporter(events);
    operations = new Operations(export, negotiated, reporter);
    format = new ReplyFormat(negotiated);
    requests = new RequestFormat(negotiated, context.unflaggedWrites());
    requestPool = new RequestPool(wire.transfers());
    replyQueue = new ReplyQueue(wire, pool, requestPool);
    queue = new WorkQueue(this, export.locks.workers(context.requests()));
  }

  /** Serves on the calling thread, until the phase is over or another thread has taken over. */
  public void begin(Slab input, int from, int to) {
    Receiver first = new Receiver(this, input, from, to);
    receiver = first;
    inside.incrementAndGet();
    monitor.watch(this);
    first.run();
  }

  /** How many requests have been received and not completed; 0 if nobody listens. */
  public long requestsInProgress() {
    return reporter.inProgress();
  }

  /** The thread that reads at the moment. */
  public Receiver receiver() {
    return receiver;
  }

  /** Replaces the receiver, whose thread is blocked in the chain. Called by the monitor. */
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

  /** Each participating thread calls this as its last action. */
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
    if (!awaited) {
      wire.close(); // before the disk, which may take long to close
    }
    whenOver.run(); // closes the disk, and then the wire
  }

  /**
   * The receiver has seen the end: what is queued will be the last.
   *
   * @param gone true if the client has disconnected, so its requests may end early. False after
   *     {@code NBD_CMD_DISC}: requests in progress must finish, and sleeping layers are not woken
   */
  void inputEnded(boolean gone) {
    session.endsBecause(gone ? "the client closed the connection" : "the client disconnected");
    if (gone) {
      session.end();
    } else {
      awaited = true;
      session.leaves(LAST);
    }
    queue.close();
    inFlight.close();
  }

  /**
   * The connection is useless: waiting requests are dropped.
   *
   * @param cause for listeners
   */
  void broken(Throwable cause) {
    session.endsBecause("the connection was lost: " + Failures.message(cause));
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
   * The payload waits for memory: the client does not stall, even if it sends nothing. {@link
   * #payloadProgress} ends that.
   */
  void payloadWaits() {
    payloadSince = 0;
  }

  /** The payload is here. */
  void payloadComplete() {
    payloadSince = 0;
    payloadBegan = 0;
  }

  /** For how long the client has kept memory without sending or taking anything. */
  public long stalledNanos() {
    return sinceEarlier(payloadSince, wire.unwritableSince());
  }

  /** For how long the client has been about the payload or the reply that it keeps memory for. */
  public long transferNanos() {
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
  public void stop() {
    stopping = true;
    session.endsBecause("the server stopped");
    session.end();
    wire.wake();
  }

  boolean stopping() {
    return stopping;
  }
}
