package org.nbdcore.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.nbdcore.protocol.Command;
import org.nbdcore.protocol.CommandFlags;
import org.nbdcore.protocol.ErrorValue;
import org.nbdcore.protocol.Limits;
import org.nbdcore.protocol.Magic;

/**
 * Sends requests of many threads over one connection and brings each its reply. It has no thread of
 * its own. One of the waiting threads is the leader: it reads the replies for all threads until its
 * own arrives, and then wakes another waiting thread. So a single thread never has to be woken at
 * all.
 *
 * <p>Locks: {@code sending} guards the outgoing stream, {@code table} the requests in flight. They
 * are never held together, and neither is held while reading.
 */
final class RequestMultiplexer implements ReplyReader.Requests {

  private static final int SLOT_BITS = 16;

  private final ClientConnection connection;
  private final ReplyReader replies;
  private final ReentrantLock sending = new ReentrantLock();
  private final ByteBuffer header = ByteBuffer.allocateDirect(Limits.EXTENDED_REQUEST_HEADER);
  private final boolean extended;
  private final AtomicBoolean led = new AtomicBoolean();
  private final ReentrantLock table = new ReentrantLock();

  /** A request's slot is in the low bits of its cookie, so that finding it takes no search. */
  private PendingRequest[] slots = new PendingRequest[16];

  private int inFlight;
  private long serial;

  /** Why the connection is unusable; the first reason is kept. */
  private volatile IOException failure;

  /** The server is shutting down: the protocol wants us to finish and to disconnect. */
  private volatile boolean serverLeaves;

  RequestMultiplexer(ClientConnection connection, ReplyStyle style, int[] contextIds) {
    this.connection = connection;
    this.extended = style == ReplyStyle.EXTENDED;
    this.replies = new ReplyReader(connection.in(), style, contextIds, this);
  }

  /**
   * Sends a request and waits for its reply. The caller checks {@link PendingRequest#error}.
   *
   * @param payload data to write, or null
   * @throws NbdClientException if the connection fails before the reply is there
   */
  void call(PendingRequest request, int flags, ByteBuffer payload) throws IOException {
    // An interrupted thread would close the channel as soon as it touches it.
    boolean interrupted = Thread.interrupted();
    try {
      register(request);
      try {
        send(request, flags, payload);
      } catch (IOException e) {
        fail(e);
      }
      interrupted |= await(request);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    if (request.error == ErrorValue.ESHUTDOWN) {
      serverLeaves = true;
    }
    if (serverLeaves) {
      leaveIfIdle();
    }
  }

  private void send(PendingRequest request, int flags, ByteBuffer payload) throws IOException {
    sending.lock();
    try {
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
      sending.unlock();
    }
  }

  /** Waits for the reply; returns whether the thread was interrupted meanwhile. */
  private boolean await(PendingRequest request) throws IOException {
    boolean interrupted = false;
    request.waiting = true;
    while (!request.done) {
      if (!led.compareAndSet(false, true)) {
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
        if (failure != null) {
          throw failure;
        }
        PendingRequest finished = replies.next();
        if (finished != null) {
          release(finished);
          finished.done = true;
          if (finished != own) {
            LockSupport.unpark(finished.thread);
          }
        }
      }
    } catch (IOException e) {
      fail(e);
      release(own);
      throw NbdClientException.broken(
          own + " on " + connection + " got no reply: " + ConnectionFailures.reason(failure),
          failure);
    } catch (RuntimeException | Error e) {
      // The stream is somewhere within a reply now.
      fail(NbdClientException.broken("reading a reply failed: " + e, e));
      release(own);
      throw e;
    }
  }

  /** Hands the lead on; without this the others would wait for ever. */
  private void wakeOne(PendingRequest leaving) {
    table.lock();
    try {
      for (PendingRequest other : slots) {
        if (other != null && other != leaving && other.waiting) {
          LockSupport.unpark(other.thread);
          return;
        }
      }
    } finally {
      table.unlock();
    }
  }

  /** Fails the connection: each waiting thread finds the reason when it becomes the leader. */
  private void fail(IOException reason) {
    table.lock();
    try {
      if (failure == null) {
        failure = reason;
      }
    } finally {
      table.unlock();
    }
    connection.close();
  }

  private void register(PendingRequest request) throws NbdClientException {
    if (serverLeaves) {
      throw NbdClientException.request(request.toString(), ErrorValue.ESHUTDOWN, "");
    }
    table.lock();
    try {
      int slot = 0;
      if (inFlight == slots.length) {
        slot = slots.length;
        slots = Arrays.copyOf(slots, slots.length * 2);
      }
      while (slots[slot] != null) {
        slot++;
      }
      slots[slot] = request;
      inFlight++;
      request.cookie = ++serial << SLOT_BITS | slot;
    } finally {
      table.unlock();
    }
  }

  private void release(PendingRequest request) {
    table.lock();
    try {
      int slot = (int) request.cookie & (1 << SLOT_BITS) - 1;
      if (slots[slot] == request) {
        slots[slot] = null;
        inFlight--;
      }
    } finally {
      table.unlock();
    }
  }

  @Override
  public PendingRequest find(long cookie) {
    table.lock();
    try {
      int slot = (int) cookie & (1 << SLOT_BITS) - 1;
      PendingRequest request = slot < slots.length ? slots[slot] : null;
      return request != null && request.cookie == cookie ? request : null;
    } finally {
      table.unlock();
    }
  }

  private void leaveIfIdle() {
    table.lock();
    boolean idle = inFlight == 0;
    table.unlock();
    if (idle) {
      close();
    }
  }

  /** Says goodbye if nothing is in flight, and closes; requests in flight fail. */
  void close() {
    if (failure != null) {
      return;
    }
    table.lock();
    boolean idle;
    try {
      idle = inFlight == 0;
      if (failure == null) {
        failure = NbdClientException.broken("the connection was closed on this side", null);
      }
    } finally {
      table.unlock();
    }
    if (idle) {
      PendingRequest goodbye = new PendingRequest(Command.DISC, 0, 0, null, null, false);
      try {
        send(goodbye, 0, null);
      } catch (IOException e) {
        // The server left first.
      }
    }
    connection.close();
  }
}
