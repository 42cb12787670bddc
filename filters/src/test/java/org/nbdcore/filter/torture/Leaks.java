package org.nbdcore.filter.torture;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Threads and direct memory, before and after. */
final class Leaks {

  private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(30);

  /** What the JDK keeps for each thread that used a channel, and the like. */
  private static final long TOLERATED_BYTES = 8 << 20;

  private final Set<Thread> threads = new HashSet<>(Thread.getAllStackTraces().keySet());
  private final long memory = directMemory();

  /** Waits for threads that end and memory that is freed; fails if some never is. */
  void check() throws InterruptedException {
    long deadline = System.nanoTime() + TIMEOUT_NANOS;
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      // those of the JDK have no class loader of ours
      if (!threads.contains(thread) && ours(thread)) {
        TimeUnit.NANOSECONDS.timedJoin(thread, deadline - System.nanoTime());
        assertThat(thread.isAlive()).as("%s still runs", thread).isFalse();
      }
    }
    while (directMemory() > memory + TOLERATED_BYTES && System.nanoTime() < deadline) {
      System.gc(); // direct memory is freed with the buffers
    }
    assertThat(directMemory() - memory)
        .as("bytes never freed")
        .isLessThanOrEqualTo(TOLERATED_BYTES);
  }

  private static boolean ours(Thread thread) {
    String name = thread.getName();
    return name.startsWith("nbd-")
        || name.startsWith("readahead")
        || name.startsWith("scan")
        || name.startsWith("asynchronous");
  }

  private static long directMemory() {
    for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
      if (pool.getName().equals("direct")) {
        return pool.getMemoryUsed();
      }
    }
    throw new AssertionError("the JDK does not tell how much direct memory is used");
  }
}
