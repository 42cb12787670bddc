package org.nbdcore.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.nbdcore.protocol.Command;
import org.nbdcore.protocol.CommandFlags;
import org.nbdcore.protocol.ErrorValue;
import org.nbdcore.protocol.Limits;
import org.nbdcore.protocol.Magic;

/**
 * Sends requests of many threads over one connection and delivers their replies.
 *
 * <p>While all calls block, the client has no thread of its own: one of the waiting threads is the
 * leader. It reads the replies for all threads until its own arrives, and then wakes another
 * waiting thread. A single calling thread is therefore never woken by another. With the first
 * asynchronous call, or with a time limit, a {@link ReplyThread} becomes the leader for good.
 *
 * <p>Locks: {@code sending} guards the outgoing stream, the monitor of {@link RequestTable} the
 * requests in flight. They are never held together, and neither is held while reading.
 */
final class RequestMultiplexer {

  private final ClientConnection connection;
  private final ReplyReader replies;
  private final RequestTable table = new RequestTable();
  private final ReentrantLock sending = new ReentrantLock();
  private final ByteBuffer header = ByteBuffer.allocateDirect(Limits.EXTENDED_REQUEST_HEADER);
  private final boolean extended;
  private final long timeoutNanos; // 0 for no limit
  private final AtomicBoolean led = new AtomicBoolean();
  private volatile long sendingSince; // 0 while nothing is sent, or without a time limit

  /** Null until it is needed; set under the monitor of this object. */
  private volatile @Nullable ReplyThread replyThread;

  /** Why the connection is unusable; the first reason is kept. Set under the table's monitor. */
  private volatile @Nullable IOException failure;

  /** The server is shutting down: the protocol asks clients to finish and to disconnect. */
  private volatile boolean serverLeaves;

  RequestMultiplexer(
      ClientConnection connection, ReplyStyle style, int[] contextIds, Duration timeout) {
    this.connection = connection;
    this.extended = style == ReplyStyle.EXTENDED;
    this.replies = new ReplyReader(connection.in(), style, contextIds, table::find);
    this.timeoutNanos = timeout.toNanos();
  }

  /**
   * Sends a request and waits until it has ended.
   *
   * @param payload data to write, or null
   * @throws NbdClientException if it failed
   */
  void call(PendingRequest request, int flags, @Nullable ByteBuffer payload) throws IOException {
    // An interrupted thread would close the channel as soon as it touches it.
    boolean interrupted = Thread.interrupted();
    try {
      if (timeoutNanos > 0) {
        startReplyThread();
      }
      begin(request, flags, payload);
      interrupted |= await(request);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    NbdClientException failed = request.failure();
    if (failed != null) {
      throw failed;
    }
  }

  /** Sends the request of a {@link RequestFuture}, which is completed in any case. */
  void submit(PendingRequest request, int flags, @Nullable ByteBuffer payload) {
    boolean interrupted = Thread.interrupted();
    try {
      startReplyThread();
      begin(request, flags, payload);
    } catch (NbdClientException e) {
      request.lose(e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void begin(PendingRequest request, int flags, @Nullable ByteBuffer payload)
      throws NbdClientException {
    if (serverLeaves) {
      throw NbdClientException.request(request.toString(), ErrorValue.ESHUTDOWN, "");
    }
    request.startedAt = System.nanoTime();
    if (!table.add(request, () -> failure != null)) {
      throw noReply(request);
    }
    try {
      send(request, flags, payload);
    } catch (IOException e) {
      fail(e);
    }
  }

  private NbdClientException noReply(PendingRequest request) {
    IOException reason = Objects.requireNonNull(failure, "the connection has not failed");
    return NbdClientException.broken(
        request + " on " + connection + " got no reply: " + ConnectionFailures.reason(reason),
        reason);
  }

  private synchronized void startReplyThread() {
    if (replyThread == null) {
      ReplyThread created = new ReplyThread(this, timeoutNanos);
      replyThread = created;
      boolean started = false;
      try {
        created.start();
        started = true;
      } finally {
        if (!started) {
          replyThread = null;
        }
      }
    }
  }

  private void send(PendingRequest request, int flags, @Nullable ByteBuffer payload)
      throws IOException {
    sending.lock();
    try {
      if (timeoutNanos > 0) {
        sendingSince = System.nanoTime() | 1;
      }
      header.clear();
      int all = extended && payload != null ? flags | CommandFlags.PAYLOAD_LEN : flags;
      header.putInt(extended ? Magic.EXTENDED_REQUEST : Magic.REQUEST);
      header.putShort((short) all).putShort((short) request.command);
      header.putLong(request.cookie).putLong(request.offset);
      if (extended) {
        header.putLong(request.length);
      } else {
        header.putInt((int) request.length);
      }
      header.flip();
      if (payload == null) {
        connection.out().write(header);
      } else {
        connection.out().write(header, payload);
      }
    } finally {
      if (timeoutNanos > 0) {
        sendingSince = 0;
      }
      sending.unlock();
    }
  }

  /** Waits until the request has ended. Returns true if the thread was interrupted meanwhile. */
  private boolean await(PendingRequest request) throws IOException {
    boolean interrupted = false;
    request.waiting = true;
    while (!request.done) {
      if (replyThread != null || !led.compareAndSet(false, true)) {
        LockSupport.park(this);
        interrupted |= Thread.interrupted();
        continue;
      }
      try {
        lead(request);
      } finally {
        led.set(false);
        wakeOne(request);
      }
    }
    return interrupted;
  }

  private void lead(PendingRequest own) throws IOException {
    try {
      while (!own.done) {
        readReply();
      }
    } catch (IOException e) {
      fail(e);
      table.remove(own);
      throw noReply(own);
    } catch (RuntimeException | Error e) {
      // The position in the stream is now inside a reply.
      fail(NbdClientException.broken("reading a reply failed: " + e, e));
      table.remove(own);
      throw e;
    }
  }

  /** Reads one reply or a part of one. Only the leader calls it. */
  private void readReply() throws IOException {
    if (failure != null) {
      throw failure;
    }
    PendingRequest finished = replies.next();
    if (finished == null) {
      return;
    }
    table.remove(finished);
    if (finished.error() == ErrorValue.ESHUTDOWN) {
      serverLeaves = true;
    }
    finished.end();
    if (serverLeaves && table.isEmpty()) {
      close();
    }
  }

  /** Leads until the connection ends, then ends all requests. For the reply thread. */
  void leadUntilClosed() {
    while (!led.compareAndSet(false, true)) {
      LockSupport.park(this);
    }
    try {
      while (true) {
        readReply();
      }
    } catch (IOException e) {
      fail(e);
    } catch (RuntimeException | Error e) {
      fail(NbdClientException.broken("reading a reply failed: " + e, e));
    }
    for (PendingRequest request : table.removeAll()) {
      request.lose(noReply(request));
    }
  }

  /** Passes the lead to another thread, which would otherwise wait forever. */
  private void wakeOne(PendingRequest leaving) {
    Thread next = replyThread;
    LockSupport.unpark(next != null ? next : table.otherWaiting(leaving));
  }

  /**
   * Ends requests whose time limit has passed. For the thread that watches the clock.
   *
   * @return nanoseconds until the next time limit; negative if the connection has ended
   */
  long endLateRequests() {
    if (failure != null) {
      return -1;
    }
    long now = System.nanoTime();
    long next = timeoutNanos;
    long since = sendingSince;
    if (since != 0 && now - since > timeoutNanos) {
      fail(late("the server took no data for " + seconds()));
      return -1;
    }
    for (PendingRequest request : table.all()) {
      if (request.abandoned()) {
        continue;
      }
      long over = now - request.startedAt - timeoutNanos;
      if (over < 0) {
        next = Math.min(next, -over);
      } else if (!request.timeOut(
          NbdClientException.timedOut(request + ": no reply within " + seconds()))) {
        if (over > timeoutNanos && !request.done) {
          fail(late("the server stopped within a reply"));
          return -1;
        }
        next = Math.min(next, Math.max(1, timeoutNanos - over));
      }
    }
    return next;
  }

  private static NbdClientException late(String why) {
    return NbdClientException.broken(why, null);
  }

  private String seconds() {
    return timeoutNanos / 1_000_000 / 1000.0 + " seconds";
  }

  /** Fails the connection: each waiting thread finds the reason when it becomes the leader. */
  private void fail(IOException reason) {
    table.exclusively(
        () -> {
          if (failure == null) {
            failure = reason;
          }
        });
    connection.close();
  }

  /** Disconnects cleanly if nothing is in flight, and closes. Requests in flight fail. */
  void close() {
    if (failure != null) {
      return;
    }
    boolean[] idle = new boolean[1];
    table.exclusively(
        () -> {
          idle[0] = table.isEmpty();
          if (failure == null) {
            failure = NbdClientException.broken("the connection was closed on this side", null);
          }
        });
    if (idle[0]) {
      PendingRequest goodbye = new PendingRequest(Command.DISC, 0, 0, null, null, false);
      try {
        send(goodbye, 0, null);
      } catch (IOException e) {
        // The server has already disconnected.
      }
    }
    connection.close();
  }
}
