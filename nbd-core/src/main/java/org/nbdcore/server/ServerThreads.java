package org.nbdcore.server;

import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nbdcore.spi.DeviceThread;
import org.nbdcore.spi.helpers.SpareThread;

/**
 * The threads of all connections: made on demand, kept for a while, limited in number only by the
 * system; or the executor of the program that embeds the server. The last thread that the system
 * has is not taken: without one the JVM cannot deliver the signal that stops the server.
 */
final class ServerThreads implements Executor {

  /** Prefix of the thread names. */
  static final String NAME = "nbd-worker-";

  private static final long KEEP_SECONDS = 5;

  /** Of the {@link #execute} in progress. */
  private static final ThreadLocal<SpareThread> SPARE = new ThreadLocal<>();

  private final AtomicLong numbers = new AtomicLong();
  private final Supplier<SpareThread> spares;
  private final Executor executor;
  private final @Nullable ThreadPoolExecutor own; // null if the executor is the program's

  /**
   * Makes threads, or uses those of a program.
   *
   * @param program runs every task at once, or rejects it; empty for threads of the server
   */
  ServerThreads(Optional<Executor> program) {
    this(program, SpareThread::start);
  }

  ServerThreads(Optional<Executor> program, Supplier<SpareThread> spares) {
    this.spares = spares;
    own = program.isPresent() ? null : pool();
    executor = own == null ? program.orElseThrow() : own;
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

  /** Called by {@link #execute} if no thread is idle; the pool then starts the thread. */
  private Thread thread(Runnable task) {
    SPARE.set(spares.get());
    Thread thread = DeviceThread.of(task, NAME + numbers.incrementAndGet());
    thread.setDaemon(true); // the program that started the server decides when it ends
    return thread;
  }

  @Override
  public void execute(Runnable task) {
    try {
      executor.execute(task);
    } finally {
      endSpare();
    }
  }

  private static void endSpare() {
    SpareThread used = SPARE.get();
    if (used != null) {
      SPARE.remove();
      used.close();
    }
  }

  /** Ends the server's threads when their work is done, and accepts no more work. */
  void end() {
    if (own != null) {
      own.shutdown();
    }
  }
}
