package org.nbdcore.server.transmission;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.log.ConnectionContext;
import org.nbdcore.log.ServerLog;
import org.nbdcore.protocol.Command;
import org.nbdcore.server.memory.Slab;

/** Executes queued requests of one connection, one after the other. */
final class Worker implements Runnable {

  private final Transmission transmission;

  Worker(Transmission transmission) {
    this.transmission = transmission;
  }

  @Override
  public void run() {
    ConnectionContext.set(transmission.session);
    try {
      serveUntilIdle(transmission, transmission.queue.take());
    } finally {
      ConnectionContext.clear();
      transmission.leave();
    }
  }

  /** Continues as a worker on a thread that was the receiver. */
  static void continueAsWorker(Transmission transmission) {
    serveUntilIdle(transmission, transmission.queue.takeNext());
  }

  /** Executes requests until the queue ends this worker. */
  private static void serveUntilIdle(Transmission transmission, Request first) {
    for (Request next = first; next != null; next = transmission.queue.takeNext()) {
      serveOne(transmission, next);
    }
  }

  /** Executes waiting requests on a thread that is not a worker. */
  static void serveWaiting(Transmission transmission, Request first) {
    for (Request next = first; next != null; next = transmission.queue.takeWaiting()) {
      serveOne(transmission, next);
    }
  }

  private static void serveOne(Transmission transmission, Request request) {
    try {
      serve(transmission, request);
    } catch (IOException e) {
      ServerLog.LOG.debug(() -> "connection lost: " + e.getMessage());
      transmission.connectionFailed(e);
    } catch (RuntimeException | Error e) {
      ServerLog.LOG.error("the connection is dropped: " + e, e);
      transmission.connectionFailed(e);
    }
  }

  private static void serve(Transmission t, Request request) throws IOException {
    if (request.error == 0) {
      boolean carriesData = request.type == Command.READ || request.type == Command.WRITE;
      ByteBuffer data = carriesData ? request.slab.view(0, (int) request.length) : null;
      long start = System.nanoTime();
      if (!readZeroCopy(t, request)) {
        t.operations.perform(request, data);
      }
      t.speed.sample(System.nanoTime() - start, request.length);
    }
    reply(t, request);
  }

  /**
   * Tries a zero-copy read for a long request. Keeps a range of a file, but copies buffers in
   * memory at once, because the reply may be written later.
   *
   * @return false if the device declined
   */
  private static boolean readZeroCopy(Transmission t, Request request) {
    if (request.type != Command.READ
        || request.buffers == null
        || request.length <= Receiver.GATHERED_READ
        || !t.operations.hasZeroCopy()) {
      return false;
    }
    t.operations.perform(request, null);
    if (request.error != 0) {
      return true;
    }
    if (request.sendsFile()) {
      t.pool.release(request.slab);
      request.slab = null;
      return true;
    }
    boolean found = request.buffers.length() > 0;
    if (found) {
      UnbatchedReply.copyBuffers(request, request.slab);
      request.buffers.clear();
    }
    return found;
  }

  /** Sends the reply of a request that is not part of a receiver's batch. */
  static void reply(Transmission t, Request request) throws IOException {
    prepare(t, request);
    t.replyQueue.send(request);
  }

  /** Encodes the reply of such a request. */
  static void prepare(Transmission t, Request request) {
    if (request.type != Command.READ || request.error != 0) {
      t.pool.release(request.slab);
      request.slab = null;
    }
    Slab own = null;
    if (t.format.size(request) > request.header.capacity()) {
      own = acquire(t, request);
    }
    int size = t.format.size(request);
    request.header.clear();
    if (own == null) {
      boolean read = request.type == Command.READ && request.error == 0;
      t.format.put(request, request.header, 0);
      request.header.limit(size).position(0);
      boolean copied = read && !request.sendsFile();
      request.data = copied ? request.slab.view(0, (int) request.length) : null;
    } else {
      request.slab = own;
      t.format.put(request, request.slab.bytes, 0);
      request.header.limit(0);
      request.data = request.slab.view(0, size);
    }
  }

  /**
   * Acquires memory for a reply that is larger than its header. If there is none, returns null, and
   * the reply is an error that fits. Does not block, because queued requests may hold the memory.
   */
  private static Slab acquire(Transmission t, Request request) {
    int size = t.format.size(request);
    try {
      return t.pool.acquireNow(size);
    } catch (OutOfMemoryError e) {
      if (request.error == 0) {
        request.failForMemory(size);
      } else {
        request.message = ""; // the error itself is what counts
      }
      return null;
    }
  }
}
