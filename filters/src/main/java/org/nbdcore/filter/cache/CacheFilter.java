package org.nbdcore.filter.cache;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.nbdcore.filter.common.FileSwitch;
import org.nbdcore.filter.common.SlotFile;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.CounterSink;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.helpers.BlockDevices;
import org.nbdcore.spi.helpers.BufferPool;
import org.nbdcore.spi.helpers.PerExport;

/**
 * Keeps the cache of each export until the server stops, unless it is empty. Caches with the same
 * block size share a file, so that a client cannot use up the descriptors with many export names.
 */
final class CacheFilter implements Filter {

  private static final int BUFFERS = 32;

  /** Size of one fetch from the disk below, if blocks are smaller. */
  private static final int LONG_READ = 256 * 1024;

  /** Maximum memory for these buffers, over all exports. A block may be as large as this. */
  private static final long BUFFER_MEMORY = 64L << 20;

  private final CacheMode mode;
  private final int blockSize;
  private final long maxBlocks;
  private final long evictionTarget;
  private final FileSwitch onRead;

  private final CacheCounters counters = new CacheCounters();

  private final PerExport<BlockCache> caches = new PerExport<>();

  // By size of blocks, guarded by this:
  private final Map<Integer, BufferPool> pools = new HashMap<>();
  private final Map<Integer, SlotFile> files = new HashMap<>();

  /**
   * Creates the filter. With {@code maxBlocks} blocks, it evicts blocks until {@code
   * evictionTarget} are left.
   */
  CacheFilter(
      CacheMode mode, int blockSize, long maxBlocks, long evictionTarget, FileSwitch onRead) {
    this.mode = mode;
    this.blockSize = blockSize;
    this.maxBlocks = maxBlocks;
    this.evictionTarget = evictionTarget;
    this.onRead = onRead;
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    return BlockDevices.wrap(
        next.open(request),
        below -> {
          int block = Math.max(blockSize, below.capabilities().blockSizes().minimum());
          String export = request.exportName();
          long size = below.size();
          BlockCache cache = caches.acquire(export, () -> make(size, block));
          try {
            checkSize(cache, size);
            return new CacheDevice(
                below, cache, mode, onRead, counters, request.session(), () -> leave(export));
          } catch (IOException | RuntimeException e) {
            leave(export);
            throw e;
          }
        });
  }

  private void leave(String export) {
    caches.release(export, BlockCache::isEmpty);
  }

  private synchronized BlockCache make(long size, int block) {
    BufferPool pool =
        pools.computeIfAbsent(
            block, b -> BufferPool.within(BUFFER_MEMORY, Math.max(b, LONG_READ), BUFFERS));
    SlotFile file = files.computeIfAbsent(block, BlockCache::file);
    return new BlockCache(size, block, pool, file, maxBlocks, evictionTarget);
  }

  private static void checkSize(BlockCache cache, long size) throws NbdException {
    if (cache.size() != size) {
      throw new NbdException(
          NbdError.EIO,
          "the disk below was resized from "
              + cache.size()
              + " to "
              + size
              + " bytes, which the cache filter cannot follow");
    }
  }

  @Override
  public void counters(CounterSink sink) {
    counters.report(sink);
  }

  @Override
  public synchronized void close() throws IOException {
    BlockDevices.closeAll(files.values());
  }
}
