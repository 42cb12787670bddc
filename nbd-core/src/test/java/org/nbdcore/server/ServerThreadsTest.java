package org.nbdcore.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

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

  /** A library in C may use as much as the threads of a C program have. */
  @Test
  void theirStackIsSeveralTimesThatOfOtherThreads() throws Exception {
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
}
