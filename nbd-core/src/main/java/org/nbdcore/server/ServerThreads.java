package org.nbdcore.server;

import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.nbdcore.spi.DeviceThread;

/**
 * The threads of all connections: made on demand, kept for a while, unbounded in number; or the
 * executor of the program that embeds the server.
 */
final class ServerThreads implements Executor {

  /** Prefix of the thread names. */
  static final String NAME = "nbd-worker-";

  private static final long KEEP_SECONDS = 5;

  private final AtomicLong numbers = new AtomicLong();
  private final Executor executor;
  private final ThreadPoolExecutor own; // null if the executor is the program's

  /**
   * Makes threads, or uses those of a program.
   *
   * @param program runs every task at once, or rejects it; empty for threads of the server
   */
  ServerThreads(Optional<Executor> program) {
    own = program.isPresent() ? null : pool();
    executor = program.orElse(own);
  }

  private ThreadPoolExecutor pool() {
    return new ThreadPoolExecutor(
        0,
        Integer.MAX_VALUE,
        KEEP_SECONDS,
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        this::thread);
  }

  private Thread thread(Runnable task) {
    Thread thread = DeviceThread.of(task, NAME + numbers.incrementAndGet());
    thread.setDaemon(true); // the program that started the server decides when it ends
    return thread;
  }

  @Override
  public void execute(Runnable task) {
    executor.execute(task);
  }

  /** Ends the server's threads when their work is done, and accepts no more work. */
  void end() {
    if (own != null) {
      own.shutdown();
    }
  }
}
