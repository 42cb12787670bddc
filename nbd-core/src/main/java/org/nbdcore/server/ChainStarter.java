package org.nbdcore.server;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.nbdcore.log.ServerLog;
import org.nbdcore.server.export.ExportTable;
import org.nbdcore.server.export.ServedChain;
import org.nbdcore.server.failure.Failures;

/**
 * Starts the chains of a new server. A single chain starts on the calling thread, and if it fails,
 * the server does not start. Several exports start in parallel, so a failing or hanging chain does
 * not affect the others.
 */
final class ChainStarter {

  private final ExportTable exports;
  private final Executor threads;
  private final Duration timeout;
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

  ChainStarter(ExportTable exports, Executor threads, Duration timeout) {
    this.exports = exports;
    this.threads = threads;
    this.timeout = timeout;
  }

  /**
   * Starts the chain of {@link ServerBuilder#chain}, if there is one, and the given exports.
   *
   * @param eager the exports to start now
   * @throws IOException if the server cannot serve any export
   */
  void start(List<ServedChain> eager) throws IOException {
    ServedChain others = exports.others();
    if (others != null && !others.isNamed()) {
      others.start();
    }
    if (eager.size() == 1 && exports.all().size() == 1) {
      eager.get(0).start();
      return;
    }
    startTogether(eager);
    boolean none =
        exports.all().stream().allMatch(chain -> chain.state() == ServedChain.State.FAILED);
    if (none) {
      Throwable first = failures.peek();
      throw new IOException("no export could be started: " + Failures.message(first), first);
    }
  }

  private void startTogether(List<ServedChain> eager) throws IOException {
    CountDownLatch left = new CountDownLatch(eager.size());
    for (ServedChain chain : eager) {
      threads.execute(() -> start(chain, left));
    }
    try {
      if (left.await(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the thread that starts the server was interrupted", e);
    }
    for (ServedChain chain : eager) {
      if (chain.state() == ServedChain.State.STARTING) {
        ServerLog.LOG.warn(
            chain + " is still starting after " + timeout.toMillis() / 1000.0 + " seconds");
      }
    }
  }

  private void start(ServedChain chain, CountDownLatch left) {
    try {
      chain.start();
    } catch (IOException | RuntimeException | Error e) {
      failures.add(e);
      ServerLog.LOG.error(chain + " is not served: " + Failures.message(e));
    } finally {
      left.countDown();
    }
  }
}
