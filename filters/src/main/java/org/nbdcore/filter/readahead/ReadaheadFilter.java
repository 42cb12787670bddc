package org.nbdcore.filter.readahead;

import java.io.IOException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.CounterSink;
import org.nbdcore.spi.DeviceThread;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.StartContext;
import org.nbdcore.spi.Support;
import org.nbdcore.spi.ThreadModel;
import org.nbdcore.spi.helpers.Alignment;
import org.nbdcore.spi.helpers.BlockDevices;
import org.nbdcore.spi.helpers.PerExport;

/** Owns the fetching threads, their memory, and the cache of each export. */
final class ReadaheadFilter implements Filter {

  private static final Log LOG = Log.of("readahead");

  /** Maximum bytes of one fetch. */
  private static final int CHUNK = 512 << 10;

  /** Maximum number of fetches in progress. */
  private static final int THREADS = 8;

  private final ReadaheadMemory memory;
  private final ReadaheadCounters counters = new ReadaheadCounters();
  private final PerExport<ReadaheadCache> caches = new PerExport<>();
  private final ThreadPoolExecutor threads;
  private boolean parallel;

  ReadaheadFilter(long memory) {
    this.memory = new ReadaheadMemory(CHUNK, (int) (memory / CHUNK));
    AtomicInteger number = new AtomicInteger();
    threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = DeviceThread.of(task, "readahead-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
  }

  @Override
  public void start(Backend next, StartContext context) {
    parallel = next.threadModel() == ThreadModel.PARALLEL;
    if (!parallel) {
      LOG.warn(
          "nothing is fetched ahead, because the layers below serve one request at a time ("
              + next.threadModel()
              + ")");
    }
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    BlockDevice device = next.open(request);
    return parallel
        ? BlockDevices.wrap(device, below -> wrap(request.exportName(), below))
        : device;
  }

  private BlockDevice wrap(String export, BlockDevice below) throws IOException {
    Capabilities capabilities = below.capabilities();
    long size = below.size();
    if (capabilities.cache() == Support.NATIVE && !capabilities.cacheDiscards()) {
      return new CachingReadaheadDevice(below, size, threads, counters);
    }
    int chunk = chunk(capabilities.blockSizes());
    if (chunk == 0) {
      return below;
    }
    long end = Alignment.roundDown(size, capabilities.blockSizes().minimum());
    ReadaheadCache cache =
        caches.acquire(export, () -> new ReadaheadCache(memory, counters, chunk, end));
    return new ReadaheadDevice(below, export, cache, caches, memory, threads);
  }

  /**
   * The longest allowed read, rounded down to a power of two, at most {@link #CHUNK}; 0 if it is
   * too short.
   */
  private static int chunk(BlockSizes sizes) {
    long longest = Math.min(CHUNK, Long.highestOneBit(sizes.maximum()));
    return longest < Math.max(4096, sizes.minimum()) ? 0 : (int) longest;
  }

  @Override
  public void counters(CounterSink sink) {
    counters.report(sink);
  }

  @Override
  public void close() {
    threads.shutdown();
  }
}
