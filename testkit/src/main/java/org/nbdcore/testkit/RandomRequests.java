package org.nbdcore.testkit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.nbdcore.spi.BlockDevice;

/**
 * Random requests of every kind that a disk offers, each answer compared with a shadow: what the
 * disk has to hold. For tests that put together more than {@link FilterContractTest} does.
 */
public final class RandomRequests {

  private static final int LONGEST_CELL = 6000;

  private RandomRequests() {}

  /**
   * Runs, and compares the whole disk at the end.
   *
   * @param devices handles on one disk, which the threads share out among them
   * @param shadow what the disk holds; changed as the disk is
   * @param threads how many there are; neighbours change neighbouring bytes, never the same ones
   * @param operations how many requests each makes
   * @throws AssertionError if an answer is wrong, with the seed and the last requests
   */
  public static void run(
      List<BlockDevice> devices, byte[] shadow, int threads, int operations, long seed)
      throws IOException, InterruptedException {
    int unit = devices.get(0).capabilities().blockSizes().minimum();
    long usable = shadow.length - shadow.length % unit;
    long cell = (1 + new Random(seed).nextInt(Math.max(1, LONGEST_CELL / unit))) * (long) unit;
    if (threads == 1) {
      cell = Math.max(usable, unit);
    }
    List<ConcurrentTasks.Task> tasks = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      BlockDevice device = devices.get(i % devices.size());
      ThreadStripe area = new ThreadStripe(usable, unit, cell, i, threads);
      Exerciser exerciser = new Exerciser(device, shadow, area, true, seed * 100 + i);
      tasks.add(() -> exerciser.run(operations));
    }
    ConcurrentTasks.run(tasks);
    for (BlockDevice device : devices) {
      compare("disk", DiskContents.read(device), shadow);
    }
  }

  /** Fails unless both are equal, and reports the first difference. */
  public static void compare(String what, byte[] found, byte[] expected) {
    ContentAssertions.assertSame(what, found, expected, 0);
  }
}
