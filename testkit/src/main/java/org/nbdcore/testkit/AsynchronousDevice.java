package org.nbdcore.testkit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Completion;
import org.nbdcore.spi.FilterBlockDevice;

/**
 * Begins the reads and writes of another device, as a library with threads of its own does: most
 * end later and in any order, some before they have begun, and some are refused, to be waited for
 * instead. Safe for use by many threads. Its threads end with it.
 */
public final class AsynchronousDevice extends FilterBlockDevice {

  private static final int THREADS = 3;

  private interface Operation {
    void run() throws IOException;
  }

  private final Random random; // this and the rest are guarded by this
  private final List<Runnable> begun = new ArrayList<>();
  private boolean held;
  private int inProgress;
  private int untold;
  private int most;
  private boolean started;
  private boolean closed;

  /**
   * Wraps {@code next}.
   *
   * @param seed for what happens by chance
   */
  public AsynchronousDevice(BlockDevice next, long seed) {
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

  /** From now on operations are begun, without exception, and do not go on. */
  public synchronized void hold() {
    held = true;
  }

  /** Lets them go on. */
  public synchronized void letGo() {
    held = false;
    notifyAll();
  }

  /** How many operations were begun and had not ended at a time, at most. */
  public synchronized int most() {
    return most;
  }

  /** How many operations are begun and have not ended. */
  public synchronized int inProgress() {
    return inProgress;
  }

  /** Waits until everything that was begun has ended, and has been told. */
  public synchronized void awaitTold() throws InterruptedException {
    while (untold > 0) {
      wait();
    }
  }

  @Override
  public boolean asynchronous() {
    return true;
  }

  @Override
  public boolean beginRead(ByteBuffer dst, long offset, Completion completion) {
    ByteBuffer own = dst.duplicate();
    return begin(() -> next.read(own, offset), completion);
  }

  @Override
  public boolean beginWrite(ByteBuffer src, long offset, int flags, Completion completion) {
    ByteBuffer own = src.duplicate();
    return begin(() -> next.write(own, offset, flags), completion);
  }

  private boolean begin(Operation operation, Completion completion) {
    Runnable perform = () -> perform(operation, completion);
    synchronized (this) {
      int chance = held ? 2 : random.nextInt(16);
      if (chance == 0) {
        return false;
      }
      inProgress++;
      untold++;
      most = Math.max(most, inProgress);
      if (chance > 1) {
        startThreads();
        begun.add(perform);
        notifyAll();
        return true;
      }
    }
    perform.run();
    return true;
  }

  private void perform(Operation operation, Completion completion) {
    Completion.Outcome outcome = () -> {};
    try {
      operation.run();
    } catch (IOException | RuntimeException | Error e) {
      outcome =
          () -> {
            throw e;
          };
    }
    synchronized (this) {
      inProgress--; // first, as another may be begun as soon as the end is known
    }
    try {
      completion.ended(outcome);
    } finally {
      synchronized (this) {
        untold--;
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

  private synchronized Runnable take() throws InterruptedException {
    while (held || begun.isEmpty()) {
      if (closed) {
        return null;
      }
      wait();
    }
    return begun.remove(random.nextInt(begun.size()));
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
