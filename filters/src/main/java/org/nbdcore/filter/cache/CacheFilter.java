package org.nbdcore.filter.cache;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.nbdcore.filter.common.BufferPool;
import org.nbdcore.filter.common.FileSwitch;
import org.nbdcore.filter.common.Layers;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;

/** Keeps the cache of each export until the server stops. */
final class CacheFilter implements Filter {

  private static final int BUFFERS = 32;

  /** The most memory for them, over all exports; blocks may be as large as this. */
  private static final long BUFFER_MEMORY = 64L << 20;

  private final CacheMode mode;
  private final int blockSize;
  private final long most;
  private final long least;
  private final FileSwitch onRead;

  // Guarded by this:
  private final Map<String, BlockCache> caches = new HashMap<>();
  private final Map<Integer, BufferPool> pools = new HashMap<>();

  /** Blocks are let go from {@code most} down to {@code least} of them. */
  CacheFilter(CacheMode mode, int blockSize, long most, long least, FileSwitch onRead) {
    this.mode = mode;
    this.blockSize = blockSize;
    this.most = most;
    this.least = least;
    this.onRead = onRead;
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    return Layers.wrap(
        next.open(request),
        below -> {
          int block = Math.max(blockSize, below.capabilities().blockSizes().minimum());
          BlockCache cache = cache(request.exportName(), below.size(), block);
          return new CacheDevice(below, cache, mode, onRead);
        });
  }

  private synchronized BlockCache cache(String export, long size, int block) throws IOException {
    BlockCache cache = caches.get(export);
    if (cache == null) {
      BufferPool pool =
          pools.computeIfAbsent(block, b -> BufferPool.within(BUFFER_MEMORY, b, BUFFERS));
      cache = new BlockCache(size, block, pool, most, least);
      caches.put(export, cache);
    }
    if (cache.size() != size) {
      throw new NbdException(
          NbdError.EIO,
          "the disk below was resized from "
              + cache.size()
              + " to "
              + size
              + " bytes, which the cache filter cannot follow");
    }
    return cache;
  }

  @Override
  public synchronized void close() throws IOException {
    try {
      Layers.closeAll(caches.values());
    } finally {
      caches.clear();
    }
  }
}
