package org.nbdcore.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class DeviceThreadTest {

  /** Recurses until the stack overflows, and returns the depth. */
  static int depth() {
    AtomicInteger depth = new AtomicInteger();
    try {
      descend(depth);
    } catch (StackOverflowError e) {
      return depth.get();
    }
    return 0;
  }

  private static void descend(AtomicInteger depth) {
    depth.incrementAndGet();
    descend(depth);
  }

  @Test
  void stackOfADeviceThreadIsSeveralTimesLarger() throws Exception {
    int[] depths = new int[2];
    Thread ordinary = new Thread(null, () -> depths[0] = depth(), "ordinary", 1 << 20);
    Thread device = DeviceThread.of(() -> depths[1] = depth(), "device");
    for (Thread thread : new Thread[] {ordinary, device}) {
      thread.start();
      thread.join();
    }
    assertThat(device.getName()).isEqualTo("device");
    assertThat(depths[1]).isGreaterThan(4 * depths[0]);
  }
}
