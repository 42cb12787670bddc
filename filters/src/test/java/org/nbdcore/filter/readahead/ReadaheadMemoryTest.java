package org.nbdcore.filter.readahead;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nbdcore.filter.common.Chains.read;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.StartContext;
import org.nbdcore.spi.Support;

/** The limit on the memory of readahead. */
@Timeout(60)
@Tag("newest")
final class ReadaheadMemoryTest {

  private static final int LIMIT = 8 << 20;
  private static final int REQUEST = 64 << 10;

  private final ModelDisk disk =
      new ModelDisk(32 << 20).with(ModelDisk.ALL.withCache(Support.NONE));

  /** Streams that stop early leave prefetched data unread. */
  @Test
  void abandonedStreamsUseNoMoreMemoryThanTheLimit() throws Exception {
    long before = directMemory();
    long maxUsed = 0;
    try (Filter filter =
        Chains.filter(new ReadaheadFilterProvider(), "readahead-memory=" + LIMIT)) {
      filter.start(disk, StartContext.NONE);
      List<BlockDevice> devices = new ArrayList<>();
      for (int export = 0; export < 3; export++) {
        devices.add(filter.open(OpenRequest.detached("export " + export, false), disk));
      }
      for (int stream = 0; stream < 24; stream++) {
        maxUsed = Math.max(maxUsed, readSome(devices.get(stream % 3), stream << 20) - before);
      }
      for (BlockDevice device : devices) {
        device.close();
      }
    }
    // no lower bound, because memory of other tests may be freed meanwhile
    assertThat(maxUsed).as("bytes of direct memory").isLessThanOrEqualTo(LIMIT);
    assertThat(disk.breaches).isEmpty();
  }

  /** Abandoned streams of one export occupy all of the memory. */
  @Test
  void activeExportGetsTheMemoryOfAnIdleOne() throws Exception {
    int chunk = 512 << 10;
    try (Filter filter =
        Chains.filter(new ReadaheadFilterProvider(), "readahead-memory=" + 8 * chunk)) {
      filter.start(disk, StartContext.NONE);
      BlockDevice idle = filter.open(OpenRequest.detached("given up", false), disk);
      for (int stream = 0; stream < 4; stream++) {
        readSome(idle, stream << 22);
      }
      disk.drainCalls();
      BlockDevice active = filter.open(OpenRequest.detached("used", false), disk);
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      int fetched = 0;
      int at = 16 << 20;
      while (fetched < 8 && System.nanoTime() < end) {
        read(active, at, REQUEST);
        at = at + REQUEST == disk.bytes.length ? 16 << 20 : at + REQUEST;
        for (String call : disk.drainCalls()) {
          boolean ours = Long.parseLong(call.substring(5, call.indexOf('+'))) >= 16 << 20;
          fetched += ours && call.endsWith("+" + chunk) ? 1 : 0;
        }
      }
      assertThat(fetched).as("chunks that were fetched ahead").isGreaterThanOrEqualTo(8);
      idle.close();
      active.close();
    }
    assertThat(disk.breaches).isEmpty();
  }

  private static long readSome(BlockDevice device, int from) throws IOException {
    for (int at = from; at < from + 12 * REQUEST; at += REQUEST) {
      read(device, at, REQUEST);
    }
    return directMemory();
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
