package org.nbdcore.nfc;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A connection with many requests in flight. The thread that submits a request sends as much as the
 * socket accepts. The session's own thread sends the rest, reads replies and completes requests.
 */
final class NfcSession {

  private final ChannelWire tcp;
  private final DataWire wire;
  private final NfcOptions options;
  private final NfcReplyReader replies;
  private final Thread thread;

  /** Guards the queue, failure and lastProgress. Never held during a completion. */
  private final Lock lock = new ReentrantLock();

  private final Condition quiet = lock.newCondition();
  private final RequestQueue queue;
  private IOException failure;
  private long lastProgress = System.nanoTime();
  private volatile Exception sendFailure;
  private volatile boolean stopped;
  private volatile long idleMillis;

  private NfcSession(ChannelWire tcp, DataWire wire, NfcOptions options, String name) {
    this.tcp = tcp;
    this.wire = wire;
    idleMillis = options.connectTimeout().toMillis();
    this.options = options;
    queue = new RequestQueue(wire, options, (long) options.bufferSize() * options.bufferCount());
    replies = new NfcReplyReader(wire, new Requests(), options);
    thread = new Thread(this::run, "nfc " + name);
    thread.setDaemon(true);
  }

  static NfcSession start(ChannelWire tcp, DataWire wire, NfcOptions options, String name) {
    NfcSession session = new NfcSession(tcp, wire, options, name);
    tcp.key().interestOps(SelectionKey.OP_READ);
    session.thread.start();
    return session;
  }

  /** Sends the request, or queues it until the window has room. Its end is always reported. */
  void submit(NfcOperation operation) {
    IOException refused;
    lock.lock();
    try {
      refused = failure;
      if (refused == null) {
        if (queue.idle()) {
          lastProgress = System.nanoTime();
        }
        queue.add(operation);
        send();
      }
    } finally {
      lock.unlock();
    }
    if (refused != null) {
      operation.end(because(operation, refused));
    }
  }

  /** Sends a request, waits for its reply and returns it. */
  ControlOperation call(ControlOperation operation) throws IOException {
    submit(operation);
    operation.await();
    return operation;
  }

  /** Sets the capacity of the server's buffers. */
  void window(long bytes) {
    lock.lock();
    try {
      queue.window(bytes);
    } finally {
      lock.unlock();
    }
  }

  /** Sets the handle for requests on the file. */
  void handle(long handle) {
    lock.lock();
    try {
      queue.handle(handle);
    } finally {
      lock.unlock();
    }
  }

  /** Blocks further reads and writes, and returns when none is in flight. */
  void hold() throws IOException {
    lock.lock();
    try {
      queue.hold(true);
      while (failure == null && !queue.idle()) {
        quiet.awaitUninterruptibly();
      }
      if (failure != null) {
        throw new IOException(failure.getMessage(), failure);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Lets reads and writes continue after {@link #hold}. */
  void release() {
    lock.lock();
    try {
      queue.hold(false);
      if (failure == null) {
        send();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Sends the last message of a session, if the socket accepts it without blocking. */
  void sendDisconnect() throws IOException {
    lock.lock();
    try {
      if (failure == null) {
        wire.write(new ByteBuffer[] {ClassicFrame.of(ClassicFrame.SESSION_COMPLETE)});
      }
    } finally {
      lock.unlock();
    }
  }

  /** Sets how long the server may send nothing while requests are in flight. */
  void idleTimeout(Duration timeout) {
    idleMillis = timeout.toMillis();
    tcp.selector().wakeup();
  }

  /** Ends the session: unfinished requests fail. Returns when its thread has ended. */
  void stop() {
    stopped = true;
    tcp.selector().wakeup();
    boolean interrupted = false;
    while (thread.isAlive() && Thread.currentThread() != thread) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Caller holds the lock. Leaves a failure to the session's thread, because only that thread ends
   * requests.
   */
  private void send() {
    try {
      if (!queue.send()) {
        tcp.key().interestOpsOr(SelectionKey.OP_WRITE);
        wakeUp();
      }
    } catch (IOException | RuntimeException e) {
      sendFailure = e;
      tcp.selector().wakeup(); // needed on the session's own thread too: it would block in select
    }
  }

  private void wakeUp() {
    if (Thread.currentThread() != thread) {
      tcp.selector().wakeup();
    }
  }

  private void run() {
    Throwable why = null;
    try {
      while (!stopped) {
        step();
      }
    } catch (Throwable e) { // any failure of this thread must also end the requests
      why = e;
    }
    tcp.close();
    replies.close();
    fail(why);
  }

  private void step() throws Exception {
    long idle = idleMillis;
    tcp.selector().select(idle);
    tcp.selector().selectedKeys().clear();
    Exception failed = sendFailure;
    if (failed != null) {
      throw failed;
    }
    SelectionKey key = tcp.key();
    boolean moved = false;
    if (key.isReadable()) {
      while (replies.read()) {
        moved = true;
      }
    }
    lock.lock();
    try {
      if (moved) {
        lastProgress = System.nanoTime();
      } else if (!queue.idle() && System.nanoTime() - lastProgress >= idle * 1_000_000) {
        throw new SocketTimeoutException(
            "the server has not answered for "
                + idle / 1000
                + " s; requests in flight: "
                + queue.inFlight());
      }
      key.interestOps(SelectionKey.OP_READ);
      send();
    } finally {
      lock.unlock();
    }
  }

  private void fail(Throwable why) {
    List<NfcOperation> unfinished;
    IOException reason =
        why instanceof IOException io
            ? io
            : new IOException(why == null ? "the disk is closed" : "internal error: " + why, why);
    lock.lock();
    try {
      failure = reason;
      unfinished = queue.removeAll();
      quiet.signalAll();
    } finally {
      lock.unlock();
    }
    if (why != null) {
      options.trace("nfc: the connection has failed: " + why);
    }
    for (NfcOperation operation : unfinished) {
      try {
        operation.end(because(operation, reason));
      } catch (RuntimeException | Error e) {
        // the remaining requests must end too
        options.trace("nfc: a completion has thrown " + e);
      }
    }
  }

  private static IOException because(NfcOperation operation, IOException reason) {
    return new IOException(operation.describe() + ": " + reason.getMessage(), reason);
  }

  private final class Requests implements NfcReplyReader.Requests {

    @Override
    public NfcOperation find(int id) {
      lock.lock();
      try {
        return queue.find(id);
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void ended(NfcOperation operation, IOException why) throws NfcProtocolException {
      lock.lock();
      try {
        if (queue.unsent(operation)) {
          // its buffer is in use until the connection is closed, and the server expects the rest
          throw new NfcProtocolException(
              "a reply before all was sent" + (why == null ? "" : ": " + why.getMessage()));
        }
        queue.remove(operation);
        if (queue.idle()) {
          quiet.signalAll();
        }
        send();
      } finally {
        lock.unlock();
      }
      operation.end(why);
    }
  }
}
