package org.nbdcore.plugin.vddk;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.nbdcore.spi.DeviceThread;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.helpers.Uninterruptibles;

/**
 * The only thread that opens and closes disks, queries allocated blocks, and initializes and exits
 * VDDK. VMware requires one designated thread for these calls, so they run one after the other. The
 * threads of the connections call reads and writes.
 */
final class LifecycleThread {

  private static final String NAME = "vddk-lifecycle";

  /** A task with a result. */
  interface Call<T> {
    /** Runs on the thread. */
    T run() throws IOException;
  }

  /** A call that another thread waits for. */
  private static final class Waited<T> implements Runnable {

    private final Call<T> call;
    private final CountDownLatch done = new CountDownLatch(1);
    private T answer; // written before done
    private Throwable failure; // written before done

    Waited(Call<T> call) {
      this.call = call;
    }

    @Override
    public void run() {
      try {
        answer = call.run();
      } catch (IOException | RuntimeException | Error e) {
        failure = e;
      }
      done.countDown();
    }

    /**
     * Returns the result, or throws the exception of the call. Its stack trace is that of the call,
     * not of the waiting thread.
     */
    T answer() throws IOException {
      if (failure instanceof IOException e) {
        throw e;
      } else if (failure instanceof RuntimeException e) {
        throw e;
      } else if (failure instanceof Error e) {
        throw e;
      }
      return answer;
    }
  }

  private static final Runnable END = () -> {};

  private final Log log;
  private final LinkedBlockingQueue<Runnable> queue = new LinkedBlockingQueue<>();
  private final Thread thread;
  private boolean ended; // no more work is accepted; guarded by this

  private LifecycleThread(Log log) {
    this.log = log;
    thread = DeviceThread.of(this::serve, NAME);
    thread.setDaemon(true); // the JVM's end waits for VDDK in a shutdown hook
  }

  /**
   * Starts a thread.
   *
   * @throws IOException if the system allows no further thread
   */
  static LifecycleThread start(Log log) throws IOException {
    LifecycleThread lifecycle = new LifecycleThread(log);
    try {
      lifecycle.thread.start();
    } catch (OutOfMemoryError e) {
      throw new IOException("cannot start the thread that opens VDDK's disks: " + e, e);
    }
    return lifecycle;
  }

  private void serve() {
    boolean ends = false;
    while (!ends) {
      try {
        Runnable task = queue.take();
        task.run();
        ends = task == END;
      } catch (InterruptedException e) {
        continue; // this thread is never interrupted, because VDDK's calls must not be interrupted
      } catch (RuntimeException | Error e) {
        log.error(NAME + ": " + e, e);
      }
    }
  }

  /** Executes a call on the thread, and waits for it without a time limit. */
  <T> T call(Call<T> call) throws IOException {
    if (Thread.currentThread() == thread) {
      return call.run();
    }
    Waited<T> waited = new Waited<>(call);
    post(waited);
    Uninterruptibles.await(waited.done); // VDDK may still be writing to the buffers of the call
    return waited.answer();
  }

  /**
   * Queues a task.
   *
   * @throws NbdException after {@link #end}: a call into VDDK would crash the process
   */
  synchronized void post(Runnable task) throws NbdException {
    if (ended) {
      throw ended();
    }
    queue.add(Log.wrap(task));
  }

  /** The failure of a call after the end. */
  static NbdException ended() {
    return new NbdException(NbdError.ESHUTDOWN, "VDDK has been ended: the server is stopping");
  }

  /**
   * Executes the last call, after which the thread ends, and waits for it with a time limit.
   *
   * @throws NbdException if it takes longer; the call is executed nevertheless
   */
  <T> T end(Call<T> call, long nanos) throws IOException {
    Waited<T> waited = new Waited<>(call);
    synchronized (this) {
      post(waited);
      queue.add(END);
      ended = true;
    }
    try {
      if (waited.done.await(nanos, TimeUnit.NANOSECONDS)) {
        return waited.answer();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new NbdException(NbdError.ESHUTDOWN, "VDDK does not answer");
  }
}
