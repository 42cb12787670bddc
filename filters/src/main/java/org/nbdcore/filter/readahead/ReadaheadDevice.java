package org.nbdcore.filter.readahead;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.CompletionHandler;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.PassThroughDevice;
import org.nbdcore.spi.RequestType;
import org.nbdcore.spi.helpers.BlockDevices;
import org.nbdcore.spi.helpers.PerExport;
import org.nbdcore.spi.helpers.Uninterruptibles;

/**
 * Serves reads from prefetched data, and starts further fetches through this connection's disk.
 *
 * <p>Writes are forwarded. After a write, and before the reply, the caches of all exports discard
 * overlapping data, because a plugin may serve one disk under several names. They also discard
 * fetches in progress. Extents and cache requests are forwarded.
 */
final class ReadaheadDevice extends PassThroughDevice {

  private static final Log LOG = Log.of("readahead");

  private static final int MAX_HIT_SCORE = 16;
  private static final int GOOD_HIT_SCORE = 8;
  private static final int MISS_PENALTY = 4;

  private final String export;
  private final ReadaheadCache cache;
  private final PerExport<ReadaheadCache> caches;
  private final ReadaheadMemory memory;
  private final Executor threads;

  /** Number of fetches in progress through {@code next}; guarded by this. */
  private int fetching;

  private boolean closing;

  /**
   * Increases with each read that finds its data in memory, and decreases with other reads. A race
   * between threads may lose an update, which is harmless.
   */
  private volatile int hitScore;

  ReadaheadDevice(
      BlockDevice next,
      String export,
      ReadaheadCache cache,
      PerExport<ReadaheadCache> caches,
      ReadaheadMemory memory,
      Executor threads) {
    super(
        BlockDevices.observed(
            next,
            RequestType.MODIFYING,
            (type, offset, length, started, succeeded) -> invalidate(caches, offset, length)));
    this.export = export;
    this.cache = cache;
    this.caches = caches;
    this.memory = memory;
    this.threads = threads;
  }

  private static void invalidate(PerExport<ReadaheadCache> caches, long offset, long length) {
    List<ReadaheadCache> all = caches.all();
    for (int i = 0; i < all.size(); i++) {
      all.get(i).invalidate(offset, length);
    }
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    int last = dst.limit();
    long end = offset + dst.remaining();
    prefetchAfter(offset, dst.remaining());
    boolean finds = false;
    long done = offset;
    long at = offset;
    while (at < end) {
      long stop = Math.min(end, cache.boundaryAfter(at));
      ReadaheadChunk chunk = cache.pin(at);
      if (chunk != null) {
        try {
          readBelow(dst, done, at);
          stop = Math.min(stop, chunk.end());
          copy(chunk, at, (int) (stop - at), dst);
        } finally {
          cache.unpin(chunk, (int) (stop - at));
        }
        done = stop;
        finds = true;
      }
      at = stop;
    }
    readBelow(dst, done, end);
    dst.limit(last);
    cache.counters().read(finds);
    recordHit(finds);
  }

  /** Starts the fetches of the data that is expected after a read. */
  private void prefetchAfter(long offset, int length) {
    fetch(cache.plan(offset, length));
    if (cache.starved()) {
      memory.share(caches.all(), cache);
    }
  }

  private void recordHit(boolean found) {
    int before = hitScore;
    int now = found ? Math.min(MAX_HIT_SCORE, before + 1) : Math.max(0, before - MISS_PENALTY);
    if (now != before) {
      hitScore = now;
    }
  }

  /**
   * False while most reads find their data in memory, because such reads are faster without another
   * thread.
   */
  @Override
  public boolean prefersAsync() {
    return hitScore < GOOD_HIT_SCORE && super.prefersAsync();
  }

  /** Submits reads of data that is neither fetched nor being fetched. */
  @Override
  public boolean readAsync(ByteBuffer dst, long offset, CompletionHandler completion)
      throws IOException {
    int length = dst.remaining();
    if (cache.holds(offset, length) || !super.readAsync(dst, offset, completion)) {
      return false; // and read records it
    }
    prefetchAfter(offset, length);
    cache.counters().read(false);
    recordHit(false);
    return true;
  }

  /** Reads data that was not prefetched, in one call. */
  private void readBelow(ByteBuffer dst, long from, long to) throws IOException {
    if (from == to) {
      return;
    }
    int upTo = dst.position() + (int) (to - from);
    int last = dst.limit();
    next.read(dst.limit(upTo), from);
    dst.limit(last).position(upTo);
  }

  private static void copy(ReadaheadChunk chunk, long at, int length, ByteBuffer dst) {
    dst.put(dst.position(), chunk.buffer, (int) (at - chunk.start), length);
    dst.position(dst.position() + length);
  }

  private void fetch(List<ReadaheadChunk> chunks) {
    for (int i = 0; i < chunks.size(); i++) {
      ReadaheadChunk chunk = chunks.get(i);
      try {
        threads.execute(() -> load(chunk));
      } catch (RejectedExecutionException | OutOfMemoryError e) {
        cache.cancel(chunk); // the server is stopping, or no thread can be started
      }
    }
  }

  private void load(ReadaheadChunk chunk) {
    if (!enter()) {
      cache.cancel(chunk);
      return;
    }
    try {
      if (cache.beginLoading(chunk)) {
        boolean success = false;
        try {
          next.read(chunk.buffer.clear().limit(chunk.length), chunk.start);
          success = true;
        } catch (IOException | RuntimeException e) {
          LOG.debug(
              () ->
                  "fetching at "
                      + chunk.start
                      + ": "
                      + e); // a read of the same range will report it
        } finally {
          cache.loaded(chunk, success);
        }
      }
    } finally {
      exit();
    }
  }

  private synchronized boolean enter() {
    if (closing) {
      return false;
    }
    fetching++;
    return true;
  }

  private synchronized void exit() {
    fetching--;
    if (fetching == 0) {
      notifyAll();
    }
  }

  @Override
  public void close() throws IOException {
    awaitFetches();
    if (caches.release(export)) {
      cache.invalidate(0, Long.MAX_VALUE);
    }
    next.close();
  }

  private synchronized void awaitFetches() {
    closing = true;
    Uninterruptibles.await(this, () -> fetching == 0);
  }
}
