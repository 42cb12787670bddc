package org.nbdcore.client;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Completes the futures of a client. Its single thread is created on demand and ends after an idle
 * time. This thread is not the reply thread, so code in a completion cannot delay replies.
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
