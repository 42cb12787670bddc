package org.nbdcore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.nbdcore.spi.helpers.SpareThread;

/** The threads on which plugins are called. */
final class ServerThreadsTest {

  private static int deepest;

  private static void descend(int depth) {
    deepest = depth;
    descend(depth + 1);
  }

  private static int depth() {
    try {
      descend(1);
    } catch (StackOverflowError e) {
      return deepest;
    }
    return 0;
  }

  /** A C library may use as much stack as the threads of a C program have. */
  @Test
  void serverThreadsHaveSeveralTimesTheStackOfOtherThreads() throws Exception {
    int[] ordinary = new int[1];
    Thread thread = new Thread(null, () -> ordinary[0] = depth(), "ordinary", 1 << 20);
    thread.start();
    thread.join();
    ServerThreads threads = new ServerThreads(Optional.empty());
    try {
      CompletableFuture<Integer> worker = CompletableFuture.supplyAsync(() -> depth(), threads);
      assertThat(worker.get(30, TimeUnit.SECONDS)).isGreaterThan(4 * ordinary[0]);
    } finally {
      threads.end();
    }
  }

  /** A system may limit the number of threads; the JVM needs one to handle a signal. */
  @Test
  void noTaskRunsOnTheLastThreadOfTheSystem() {
    ServerThreads threads =
        new ServerThreads(
            Optional.empty(),
            () -> {
              throw new OutOfMemoryError("unable to create native thread");
            });
    try {
      AtomicInteger runs = new AtomicInteger();
      assertThatThrownBy(() -> threads.execute(runs::incrementAndGet))
          .isInstanceOf(OutOfMemoryError.class);
      assertThat(runs).hasValue(0);
    } finally {
      threads.end();
    }
  }

  @Test
  void aSpareThreadIsStartedWithEachThreadAndEndsAtOnce() throws Exception {
    List<SpareThread> spares = new ArrayList<>();
    ServerThreads threads =
        new ServerThreads(
            Optional.empty(),
            () -> {
              spares.add(SpareThread.start());
              return spares.get(spares.size() - 1);
            });
    CountDownLatch go = new CountDownLatch(1);
    try {
      for (int i = 1; i <= 3; i++) {
        threads.execute(() -> awaitUnchecked(go));
        assertThat(spares).hasSize(i);
        await()
            .atMost(TestServer.TIMEOUT)
            .until(() -> spares.stream().noneMatch(SpareThread::isAlive));
      }
    } finally {
      go.countDown();
      threads.end();
    }
  }

  private static void awaitUnchecked(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
