package org.nbdcore.filter.readahead;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nbdcore.filter.common.Chains.read;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.helpers.PerExport;

/** The metrics of prefetched data, on one thread. */
final class ReadaheadCountersTest {

  private static final int CHUNK = 4096;
  private static final int SIZE = 64 * CHUNK;

  private final ModelDisk disk = new ModelDisk(SIZE).fill(1);
  private final ReadaheadCounters counters = new ReadaheadCounters();
  private final ReadaheadMemory memory = new ReadaheadMemory(CHUNK, 3);
  private final PerExport<ReadaheadCache> caches = new PerExport<>();

  private BlockDevice open() throws IOException {
    return new ReadaheadDevice(
        disk.open(OpenRequest.detached("", false)),
        "",
        caches.acquire("", () -> new ReadaheadCache(memory, counters, CHUNK, SIZE)),
        caches,
        memory,
        Runnable::run);
  }

  private Map<String, Double> counted() {
    Map<String, Double> counted = new TreeMap<>();
    counters.report((name, help, label, labelValue, value) -> counted.put(name, value));
    return counted;
  }

  @Test
  void unreadPrefetchedBytesAreCountedAsWasted() throws Exception {
    try (BlockDevice device = open()) {
      read(device, 0, 512);
      read(device, 512, 512); // two chunks are fetched
      read(device, CHUNK, CHUNK); // and a third one
      assertThat(counted())
          .containsEntry("hits", 1.0)
          .containsEntry("misses", 2.0)
          .containsEntry("prefetched_bytes", 3.0 * CHUNK)
          .containsEntry("wasted_bytes", 0.0);
      read(device, 2 * CHUNK, 512); // and a fourth
    }
    assertThat(counted())
        .containsEntry("hits", 2.0)
        .containsEntry("prefetched_bytes", 4.0 * CHUNK)
        .containsEntry("wasted_bytes", 4.0 * CHUNK - (CHUNK + 512));
  }

  @Test
  void failedPrefetchIsNotCounted() throws Exception {
    try (BlockDevice device = open()) {
      read(device, 0, 512);
      disk.hook =
          (operation, offset, length, flags) -> {
            if (length == CHUNK) {
              throw new IOException("no");
            }
          };
      read(device, 512, 512);
    }
    assertThat(counted()).containsEntry("prefetched_bytes", 0.0).containsEntry("wasted_bytes", 0.0);
  }
}
