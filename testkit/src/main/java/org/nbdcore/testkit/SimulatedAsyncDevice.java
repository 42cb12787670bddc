package org.nbdcore.testkit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.nbdcore.spi.AsyncResult;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.CompletionHandler;
import org.nbdcore.spi.Experimental;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.PassThroughDevice;

/**
 * Makes the reads and writes of another device asynchronous, like a library with its own threads:
 * most complete later and in any order, some before the submitting call returns, and some are
 * declined, so the caller must use the blocking call. Safe for use by many threads. Its threads end
 * with it.
 */
@Experimental
public final class SimulatedAsyncDevice extends PassThroughDevice {

  private static final int THREADS = 3;

  private interface BlockingCall {
    void run() throws IOException;
  }

  private final Random random; // this and the rest are guarded by this
  private final List<Runnable> accepted = new ArrayList<>();
  private boolean held;
  private int inFlight;
  private int uncompleted;
  private int maxInFlight;
  private boolean started;
  private boolean closed;

  /**
   * Wraps {@code next}.
   *
   * @param seed for what happens by chance
   */
  public SimulatedAsyncDevice(BlockDevice next, long seed) {
    super(next);
    random = new Random(seed);
  }

  private void startThreads() {
    for (int i = 0; !started && i < THREADS; i++) {
      Thread thread = new Thread(this::work, "asynchronous-device-" + i);
      thread.setDaemon(true);
      thread.start();
    }
    started = true;
  }

  /** From now on, all requests are accepted but do not complete. */
  public synchronized void hold() {
    held = true;
  }

  /** Lets requests complete again. */
  public synchronized void release() {
    held = false;
    notifyAll();
  }

  /** Maximum number of requests that were in progress at the same time. */
  public synchronized int maxInFlight() {
    return maxInFlight;
  }

  /** Number of requests in progress. */
  public synchronized int inFlight() {
    return inFlight;
  }

  /** Waits until all requests are complete and reported. */
  public synchronized void awaitCompletions() throws InterruptedException {
    while (uncompleted > 0) {
      wait();
    }
  }

  @Override
  public boolean prefersAsync() {
    return true;
  }

  @Override
  public boolean readAsync(ByteBuffer dst, long offset, CompletionHandler completion) {
    ByteBuffer own = dst.duplicate();
    return begin(() -> next.read(own, offset), completion);
  }

  @Override
  public boolean writeAsync(
      ByteBuffer src, long offset, Flags flags, CompletionHandler completion) {
    ByteBuffer own = src.duplicate();
    return begin(() -> next.write(own, offset, flags), completion);
  }

  private boolean begin(BlockingCall operation, CompletionHandler completion) {
    Runnable perform = () -> perform(operation, completion);
    synchronized (this) {
      int chance = held ? 2 : random.nextInt(16);
      if (chance == 0) {
        return false;
      }
      inFlight++;
      uncompleted++;
      maxInFlight = Math.max(maxInFlight, inFlight);
      if (chance > 1) {
        startThreads();
        accepted.add(perform);
        notifyAll();
        return true;
      }
    }
    perform.run();
    return true;
  }

  private void perform(BlockingCall operation, CompletionHandler completion) {
    AsyncResult result = () -> {};
    try {
      operation.run();
    } catch (IOException | RuntimeException | Error e) {
      result =
          () -> {
            throw e;
          };
    }
    synchronized (this) {
      inFlight--; // first, because the caller may submit another request as soon as this one is
      // reported
    }
    try {
      completion.completed(result);
    } finally {
      synchronized (this) {
        uncompleted--;
        notifyAll();
      }
    }
  }

  private void work() {
    try {
      for (Runnable next = take(); next != null; next = take()) {
        next.run();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized @Nullable Runnable take() throws InterruptedException {
    while (held || accepted.isEmpty()) {
      if (closed) {
        return null;
      }
      wait();
    }
    return accepted.remove(random.nextInt(accepted.size()));
  }

  @Override
  public void close() throws IOException {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    next.close();
  }
}
