package org.nbdcore.filter.torture;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Finds threads and direct memory that a test leaks. */
final class Leaks {

  private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(30);

  /** The JDK caches buffers for each thread that used a channel, for example. */
  private static final long TOLERATED_BYTES = 8 << 20;

  private final Set<Thread> threads = new HashSet<>(Thread.getAllStackTraces().keySet());
  private final long memory = directMemory();

  /** Waits until threads have ended and memory is freed; fails after a timeout. */
  void check() throws InterruptedException {
    long deadline = System.nanoTime() + TIMEOUT_NANOS;
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      // threads of the JDK have other names
      if (!threads.contains(thread) && ours(thread)) {
        TimeUnit.NANOSECONDS.timedJoin(thread, deadline - System.nanoTime());
        assertThat(thread.isAlive()).as("%s still runs", thread).isFalse();
      }
    }
    long memoryDeadline = System.nanoTime() + TIMEOUT_NANOS;
    while (directMemory() > memory + TOLERATED_BYTES && System.nanoTime() < memoryDeadline) {
      System.gc(); // direct memory is freed with the buffers
      // without a pause, the next collection keeps the lock that the JDK's freeing thread waits for
      TimeUnit.MILLISECONDS.sleep(10);
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
    throw new AssertionError("the JDK does not report how much direct memory is used");
  }
}
