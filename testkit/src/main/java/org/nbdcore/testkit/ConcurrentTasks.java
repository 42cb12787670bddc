package org.nbdcore.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import org.nbdcore.spi.Experimental;

/** Runs tasks at once, each on a thread of its own. */
@Experimental
public final class ConcurrentTasks {

  /** A part of a test. */
  public interface Task {
    /** Runs it; an exception or error fails the test. */
    void run() throws Exception;
  }

  private ConcurrentTasks() {}

  /** Runs all and waits; fails with the first failure, to which the others are attached. */
  public static void run(List<Task> tasks) throws InterruptedException {
    CyclicBarrier start = new CyclicBarrier(tasks.size());
    List<Throwable> failures = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (Task task : tasks) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  start.await();
                  task.run();
                } catch (Throwable e) { // an AssertionError too must reach the test
                  synchronized (failures) {
                    failures.add(e);
                  }
                }
              },
              "contract-test");
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    if (!failures.isEmpty()) {
      AssertionError failure =
          new AssertionError(
              failures.size() + " of " + tasks.size() + " threads failed: " + failures.get(0),
              failures.get(0));
      failures.stream().skip(1).forEach(failure::addSuppressed);
      throw failure;
    }
  }
}
