package org.nbdcore.testkit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.nbdcore.spi.BlockDevice;

/**
 * Sends random requests of every kind that a disk offers, and compares each result with a shadow:
 * the expected contents of the disk. For tests of combinations that {@link FilterContractTest} does
 * not cover.
 */
public final class RandomRequests {

  private static final int LONGEST_CELL = 6000;

  private RandomRequests() {}

  /**
   * Sends the requests, and compares the whole disk at the end.
   *
   * @param devices handles on one disk; each thread uses one of them
   * @param shadow the contents of the disk; this method changes it like the disk
   * @param threads number of threads; they change adjacent bytes, but never the same ones
   * @param operations number of requests of each thread
   * @throws AssertionError if a result is wrong; the message names the seed and the last requests
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
