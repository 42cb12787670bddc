package org.nbdcore.filter.readahead;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BufferList;
import org.nbdcore.spi.CompletionHandler;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.PassThroughDevice;
import org.nbdcore.spi.helpers.Uninterruptibles;

/**
 * For a layer below with its own cache: sends cache requests ahead of the reader. It holds no data,
 * so it only observes reads.
 */
final class CachingReadaheadDevice extends PassThroughDevice {

  private static final Log LOG = Log.of("readahead");
  private static final long FIRST_WINDOW = 512 << 10;
  private static final long LAST_WINDOW = 8 << 20;

  private final long size;
  private final long block;
  private final Executor threads;
  private final ReadaheadCounters counters;

  // Guarded by this:
  private final SequentialReaders streams = new SequentialReaders(FIRST_WINDOW, LAST_WINDOW);
  private long requestedUpTo;
  private boolean busy;

  CachingReadaheadDevice(BlockDevice next, long size, Executor threads, ReadaheadCounters counters)
      throws IOException {
    super(next);
    this.block = next.capabilities().blockSizes().minimum();
    this.size = size & -block;
    this.threads = threads;
    this.counters = counters;
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    prefetchAfter(offset, dst.remaining());
    next.read(dst, offset);
  }

  @Override
  public boolean readAsync(ByteBuffer dst, long offset, CompletionHandler completion)
      throws IOException {
    int length = dst.remaining();
    if (!super.readAsync(dst, offset, completion)) {
      return false; // and read starts the prefetch
    }
    prefetchAfter(offset, length);
    return true;
  }

  /** Declines zero-copy reads, because this device must observe reads to prefetch what follows. */
  @Override
  public boolean readZeroCopy(long offset, long length, BufferList buffers) {
    return false;
  }

  private void prefetchAfter(long offset, int length) {
    long from;
    long to;
    synchronized (this) {
      SequentialReaders.Stream stream = streams.record(offset, length);
      long window = stream.window();
      if (window == 0 || busy) {
        return;
      }
      boolean continued = requestedUpTo >= stream.next() && requestedUpTo <= stream.next() + window;
      from = (continued ? requestedUpTo : stream.next()) & -block;
      to = Math.min(size, (stream.next() + window + block - 1) & -block);
      if (from >= to || to - from < window / 2 && to < size) {
        return; // enough is requested already
      }
      requestedUpTo = to;
      busy = true;
    }
    try {
      threads.execute(() -> cacheAhead(from, to));
    } catch (RejectedExecutionException | OutOfMemoryError e) {
      done(); // the server is stopping, or no thread can be started
    }
  }

  private void cacheAhead(long from, long to) {
    try {
      next.cache(from, to - from);
      counters.prefetched(to - from);
    } catch (IOException | RuntimeException e) {
      LOG.debug(() -> "caching at " + from + ": " + e); // a read of the same range will report it
    } finally {
      done();
    }
  }

  private synchronized void done() {
    busy = false;
    notifyAll();
  }

  @Override
  public void close() throws IOException {
    awaitIdle();
    next.close();
  }

  private synchronized void awaitIdle() {
    Uninterruptibles.await(this, () -> !busy);
  }
}
