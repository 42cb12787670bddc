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
 * A connection on which many requests are in flight. Requests are sent by the thread that submits
 * them as far as the socket takes them; the session's own thread sends the rest, reads replies and
 * ends requests.
 */
final class Session {

  private final ChannelWire tcp;
  private final DataWire wire;
  private final NfcOptions options;
  private final ReplyReader replies;
  private final Thread thread;

  /** Guards the queue, failure and lastProgress. Never held while a completion is called. */
  private final Lock lock = new ReentrantLock();

  private final Condition quiet = lock.newCondition();
  private final RequestQueue queue;
  private IOException failure;
  private long lastProgress = System.nanoTime();
  private volatile Exception sendFailure;
  private volatile boolean stopped;
  private volatile long idleMillis;

  private Session(ChannelWire tcp, DataWire wire, NfcOptions options, String name) {
    this.tcp = tcp;
    this.wire = wire;
    idleMillis = options.connectTimeout().toMillis();
    this.options = options;
    queue = new RequestQueue(wire, options, (long) options.bufferSize() * options.bufferCount());
    replies = new ReplyReader(wire, new Requests(), options);
    thread = new Thread(this::run, "nfc " + name);
    thread.setDaemon(true);
  }

  static Session start(ChannelWire tcp, DataWire wire, NfcOptions options, String name) {
    Session session = new Session(tcp, wire, options, name);
    tcp.key().interestOps(SelectionKey.OP_READ);
    session.thread.start();
    return session;
  }

  /** Sends the request at once or when there is room for it. Its end is reported in every case. */
  void submit(Operation operation) {
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

  /** Sets what the server's buffers hold. */
  void window(long bytes) {
    lock.lock();
    try {
      queue.window(bytes);
    } finally {
      lock.unlock();
    }
  }

  /** Sets the handle that requests on the file carry. */
  void handle(long handle) {
    lock.lock();
    try {
      queue.handle(handle);
    } finally {
      lock.unlock();
    }
  }

  /** Lets reads and writes wait, and returns when none is in flight. */
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

  /** Lets reads and writes go on. */
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

  /** Sends the last message of a session, as far as the socket takes it at once. */
  void sayGoodbye() throws IOException {
    lock.lock();
    try {
      if (failure == null) {
        wire.write(new ByteBuffer[] {ClassicFrame.of(ClassicFrame.SESSION_COMPLETE)});
      }
    } finally {
      lock.unlock();
    }
  }

  /** Sets how long the server may be silent while requests are in flight. */
  void idleTimeout(Duration timeout) {
    idleMillis = timeout.toMillis();
    tcp.selector().wakeup();
  }

  /** Ends the session: requests that are not done fail. Returns when its thread has ended. */
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

  /** Called with the lock. A failure is left to the session's thread, which alone ends requests. */
  private void send() {
    try {
      if (!queue.send()) {
        tcp.key().interestOpsOr(SelectionKey.OP_WRITE);
        wakeUp();
      }
    } catch (IOException | RuntimeException e) {
      sendFailure = e;
      tcp.selector().wakeup(); // also on the session's own thread, which would wait for the server
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
    } catch (Throwable e) { // whatever ends this thread has to end the requests too
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
    List<Operation> unfinished;
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
    for (Operation operation : unfinished) {
      try {
        operation.end(because(operation, reason));
      } catch (RuntimeException | Error e) {
        // those behind it have to end too
        options.trace("nfc: a completion has thrown " + e);
      }
    }
  }

  private static IOException because(Operation operation, IOException reason) {
    return new IOException(operation.describe() + ": " + reason.getMessage(), reason);
  }

  private final class Requests implements ReplyReader.Requests {

    @Override
    public Operation find(int id) {
      lock.lock();
      try {
        return queue.find(id);
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void ended(Operation operation, IOException why) throws NfcProtocolException {
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
