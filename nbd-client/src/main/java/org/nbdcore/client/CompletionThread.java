package org.nbdcore.client;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Completes the futures of a client: one thread, made when first needed, which ends when there has
 * been nothing to do for a while. It is not the thread that reads replies, so what a program does
 * in a completion cannot keep replies from being read.
 */
final class CompletionThread {

  private static final long IDLE_SECONDS = 5;

  private CompletionThread() {}

  static Executor create() {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "nbd-client completions");
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }
}
