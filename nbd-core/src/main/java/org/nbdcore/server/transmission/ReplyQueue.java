package org.nbdcore.server.transmission;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.nbdcore.server.memory.ConnectionBudget;
import org.nbdcore.server.memory.Slab;
import org.nbdcore.server.wire.Wire;
import org.nbdcore.spi.helpers.Uninterruptibles;

/**
 * The queue of replies to one client. A thread that finds no writer becomes the writer. It also
 * writes the replies that other threads queue in the meantime, several in one call. A thread blocks
 * only if the client leaves too many replies unread.
 *
 * <p>Its monitor guards the queue and the writer's role; it is not held while writing.
 */
final class ReplyQueue {

  private static final int MAX_BUFFERS = 64;

  /** Maximum number of replies with data in one write. */
  static final int MAX_REPLIES = MAX_BUFFERS / 2;

  /** Maximum number of queued replies for a slow client. The memory budget limits their data. */
  private static final int MAX_QUEUED = 256;

  private final Wire wire;
  private final ConnectionBudget pool;
  private final RequestPool requestPool;
  private final ArrayDeque<Request> queue = new ArrayDeque<>();
  private final ByteBuffer[] gathered = new ByteBuffer[MAX_BUFFERS]; // only for the writer
  private final Request[] taken = new Request[MAX_REPLIES]; // only for the writer
  private boolean writing;
  private IOException failure;

  ReplyQueue(Wire wire, ConnectionBudget pool, RequestPool requestPool) {
    this.wire = wire;
    this.pool = pool;
    this.requestPool = requestPool;
  }

  /** Takes the writer's role if it is free. If this returns true, call {@link #end} afterwards. */
  synchronized boolean begin() {
    if (writing) {
      return false;
    }
    writing = true;
    return true;
  }

  /** Writes the replies that other threads have queued, and returns the writer's role. */
  void end() throws IOException {
    drain();
  }

  /** Sends the remaining bytes of {@code bytes}, and releases {@code slab} afterwards. */
  void send(ByteBuffer bytes, Slab slab) throws IOException {
    Request carrier = requestPool.take();
    carrier.header.limit(0);
    carrier.data = bytes;
    carrier.slab = slab;
    send(carrier);
  }

  /**
   * Sends the reply of a queued request: its header, and its data or a range of a file. Returns
   * request and slab to their pools after the write.
   */
  void send(Request reply) throws IOException {
    synchronized (this) {
      awaitRoom();
      if (failure != null) {
        finished(reply);
        throw new IOException(failure.getMessage(), failure);
      }
      queue.addLast(reply);
      if (writing) {
        return;
      }
      writing = true;
    }
    drain();
  }

  /**
   * Sends the first {@code count} replies, at most {@link #MAX_REPLIES}. The queue owns them, even
   * if this method throws.
   */
  void send(Request[] replies, int count) throws IOException {
    synchronized (this) {
      awaitRoom();
      for (int i = 0; i < count; i++) {
        if (failure == null) {
          queue.addLast(replies[i]);
        } else {
          finished(replies[i]);
        }
        replies[i] = null;
      }
      if (failure != null) {
        throw new IOException(failure.getMessage(), failure);
      }
      if (writing) {
        return;
      }
      writing = true;
    }
    drain();
  }

  private void awaitRoom() {
    if (!hasRoom()) { // without this test, each reply would allocate a condition
      Uninterruptibles.await(this, this::hasRoom);
    }
  }

  private boolean hasRoom() {
    return !writing || queue.size() < MAX_QUEUED || failure != null;
  }

  private void drain() throws IOException {
    while (true) {
      int replies;
      int buffers = 0;
      synchronized (this) {
        if (queue.size() >= MAX_QUEUED) {
          notifyAll();
        }
        for (replies = 0; replies < taken.length; replies++) {
          Request next = queue.pollFirst();
          if (next == null) {
            break;
          }
          taken[replies] = next;
          gathered[buffers++] = next.header;
          if (next.data != null) {
            gathered[buffers++] = next.data;
          }
          if (next.sendsFile()) {
            replies++; // later replies must come after the data
            break;
          }
        }
        if (replies == 0) {
          writing = false;
          return;
        }
      }
      writeTaken(replies, buffers);
    }
  }

  private void writeTaken(int replies, int buffers) throws IOException {
    try {
      if (buffers == 1) {
        wire.write(gathered[0]);
      } else {
        wire.write(gathered, buffers);
      }
      Request last = taken[replies - 1];
      if (last.sendsFile()) {
        wire.transfer(last.buffers.file(), last.buffers.position(), last.buffers.length());
      }
    } catch (IOException | RuntimeException | Error e) {
      abandon(e);
      throw e;
    } finally {
      for (int i = 0; i < replies; i++) {
        finished(taken[i]);
        taken[i] = null;
      }
    }
  }

  /**
   * Stops all writing, because a write has failed, usually because the client has disconnected. The
   * caller must have the writer's role.
   */
  synchronized void abandon(Throwable cause) {
    failure = cause instanceof IOException io ? io : new IOException(cause.toString(), cause);
    for (Request left = queue.pollFirst(); left != null; left = queue.pollFirst()) {
      finished(left);
    }
    writing = false;
    notifyAll();
  }

  private void finished(Request reply) {
    pool.release(reply.slab);
    reply.slab = null;
    reply.data = null;
    if (reply.buffers != null) {
      reply.buffers.clear();
    }
    requestPool.put(reply);
  }
}
