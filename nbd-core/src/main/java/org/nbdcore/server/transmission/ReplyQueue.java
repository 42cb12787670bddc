package org.nbdcore.server.transmission;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.nbdcore.server.memory.ConnectionBudget;
import org.nbdcore.server.memory.Slab;
import org.nbdcore.server.wire.Wire;
import org.nbdcore.spi.helpers.Uninterruptibles;

/**
 * Replies on their way to one client. A thread that finds no writer becomes the writer. It also
 * writes the replies that other threads queue meanwhile, several in one call. No thread waits for
 * its turn, unless the client leaves too many replies unread.
 *
 * <p>Its monitor guards the queue and the writer's role; it is not held while writing.
 */
final class ReplyQueue {

  private static final int GATHER = 64;

  /** How many replies with data are written in one call. */
  static final int TOGETHER = GATHER / 2;

  /** Replies that are kept for a slow client; the memory of their data is bounded elsewhere. */
  private static final int MOST = 256;

  private final Wire wire;
  private final ConnectionBudget pool;
  private final RequestPool requestPool;
  private final ArrayDeque<Request> queue = new ArrayDeque<>();
  private final ByteBuffer[] gathered = new ByteBuffer[GATHER]; // the writer's
  private final Request[] taken = new Request[TOGETHER]; // the writer's
  private boolean writing;
  private IOException broken;

  ReplyQueue(Wire wire, ConnectionBudget pool, RequestPool requestPool) {
    this.wire = wire;
    this.pool = pool;
    this.requestPool = requestPool;
  }

  /** Takes the writer's role if it is free; {@link #end} must follow. */
  synchronized boolean begin() {
    if (writing) {
      return false;
    }
    writing = true;
    return true;
  }

  /** Gives back the writer's role, after writing what others have left. */
  void end() throws IOException {
    drain();
  }

  /** Sends what remains in {@code bytes}, of which {@code slab} is released afterwards. */
  void send(ByteBuffer bytes, Slab slab) throws IOException {
    Request carrier = requestPool.take();
    carrier.header.limit(0);
    carrier.data = bytes;
    carrier.slab = slab;
    send(carrier);
  }

  /**
   * Sends the reply of a queued request: what remains in its header and data, or what it lends of a
   * file. Returns request and slab to their pools after the write.
   */
  void send(Request reply) throws IOException {
    synchronized (this) {
      awaitRoom();
      if (broken != null) {
        finished(reply);
        throw new IOException(broken.getMessage(), broken);
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
   * The same for the first {@code count} replies, at most {@link #TOGETHER}. The queue owns them,
   * even if this throws.
   */
  void send(Request[] replies, int count) throws IOException {
    synchronized (this) {
      awaitRoom();
      for (int i = 0; i < count; i++) {
        if (broken == null) {
          queue.addLast(replies[i]);
        } else {
          finished(replies[i]);
        }
        replies[i] = null;
      }
      if (broken != null) {
        throw new IOException(broken.getMessage(), broken);
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
    return !writing || queue.size() < MOST || broken != null;
  }

  private void drain() throws IOException {
    while (true) {
      int replies;
      int buffers = 0;
      synchronized (this) {
        if (queue.size() >= MOST) {
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
          if (next.lendsFile()) {
            replies++; // what follows must wait for the data
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
      if (last.lendsFile()) {
        wire.transfer(last.loan.file(), last.loan.position(), last.loan.length());
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
   * A write has failed, usually because the client has disconnected: nothing more is written. The
   * caller has the writer's role.
   */
  synchronized void abandon(Throwable cause) {
    broken = cause instanceof IOException io ? io : new IOException(cause.toString(), cause);
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
    if (reply.loan != null) {
      reply.loan.clear();
    }
    requestPool.put(reply);
  }
}
