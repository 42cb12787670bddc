package org.nbdcore.filter.readahead;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.nbdcore.spi.helpers.Alignment;
import org.nbdcore.spi.helpers.Uninterruptibles;

/**
 * The prefetched data of one export, shared by its connections. Its monitor guards everything,
 * including the chunks. Data is copied without the monitor, from chunks that their {@link
 * ReadaheadChunk#readers} keep from being reused.
 */
final class ReadaheadCache {

  private static final int MAX_CHUNKS_AHEAD = 16;

  private final ReadaheadMemory memory;
  private final ReadaheadCounters counters;
  private final int chunkSize;
  private final long end;
  private final SequentialReaders streams;

  /** Unordered. There are few, so a linear search is fast. */
  private final List<ReadaheadChunk> chunks = new ArrayList<>();

  /** True if the last plan found no memory. */
  private boolean starved;

  /**
   * Creates an empty cache.
   *
   * @param memory the memory that all exports share
   * @param counters shared by all exports too
   * @param chunkSize a power of two
   * @param end of the range that may be fetched
   */
  ReadaheadCache(ReadaheadMemory memory, ReadaheadCounters counters, int chunkSize, long end) {
    this.memory = memory;
    this.counters = counters;
    this.chunkSize = chunkSize;
    this.end = end;
    int ahead = Math.max(2, Math.min(MAX_CHUNKS_AHEAD, memory.count() / 2));
    this.streams = new SequentialReaders(chunkSize, (long) ahead * chunkSize);
  }

  ReadaheadCounters counters() {
    return counters;
  }

  /** End of the chunk that contains {@code offset}. */
  long boundaryAfter(long offset) {
    return Alignment.roundDown(offset, chunkSize) + chunkSize;
  }

  /** Records a read. Returns the chunks to fetch because of it; may be empty. */
  synchronized List<ReadaheadChunk> plan(long offset, long length) {
    starved = false;
    SequentialReaders.Stream stream = streams.record(offset, length);
    long window = stream.window();
    if (window == 0) {
      return List.of();
    }
    long to = Math.min(end, stream.next() + window);
    List<ReadaheadChunk> wanted = List.of();
    long from = Alignment.roundUp(stream.next(), chunkSize);
    for (long at = from; at < to; at += chunkSize) {
      if (find(at) != null) {
        continue;
      }
      long now = memory.tick();
      ByteBuffer buffer = buffer(from, to);
      if (buffer == null) {
        starved = true;
        break;
      }
      if (wanted.isEmpty()) {
        wanted = new ArrayList<>();
      }
      ReadaheadChunk chunk = new ReadaheadChunk(at, (int) Math.min(chunkSize, end - at), buffer);
      chunk.lastUsed = now;
      chunks.add(chunk);
      wanted.add(chunk);
    }
    return wanted;
  }

  /** A free buffer, or that of the least recently used chunk outside the wanted range. */
  private ByteBuffer buffer(long from, long to) {
    ByteBuffer buffer = memory.tryAcquire(chunkSize);
    if (buffer != null) {
      return buffer;
    }
    ReadaheadChunk oldest = oldest(from, to);
    if (oldest == null) {
      return null;
    }
    drop(oldest);
    return memory.tryAcquire(chunkSize);
  }

  /** The least recently used chunk that is not being read, outside a range; or null. */
  private ReadaheadChunk oldest(long from, long to) {
    ReadaheadChunk oldest = null;
    for (int i = 0; i < chunks.size(); i++) {
      ReadaheadChunk chunk = chunks.get(i);
      boolean wanted = chunk.start >= from && chunk.start < to;
      boolean idle = chunk.state == ReadaheadChunk.State.READY && chunk.readers == 0;
      if (!wanted && idle && (oldest == null || chunk.lastUsed < oldest.lastUsed)) {
        oldest = chunk;
      }
    }
    return oldest;
  }

  /** True if the last plan got less memory than it requested. */
  synchronized boolean starved() {
    return starved;
  }

  /** Last-use time of the least recently used chunk, or {@link Long#MAX_VALUE} if there is none. */
  synchronized long idleSince() {
    ReadaheadChunk oldest = oldest(0, 0);
    return oldest == null ? Long.MAX_VALUE : oldest.lastUsed;
  }

  /** Drops the least recently used chunk, so that another export can use its memory. */
  synchronized void dropOldest() {
    ReadaheadChunk oldest = oldest(0, 0);
    if (oldest != null) {
      drop(oldest);
    }
  }

  /** True if any part of a range was fetched or is being fetched. */
  synchronized boolean holds(long offset, long length) {
    for (int i = 0; i < chunks.size(); i++) {
      if (overlaps(chunks.get(i), offset, length)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Returns the chunk that contains {@code offset}, and waits for a fetch in progress. Returns null
   * if the data must be read from the disk. Call {@link #unpin} afterwards.
   */
  synchronized ReadaheadChunk pin(long offset) {
    ReadaheadChunk chunk = find(offset);
    if (chunk == null) {
      return null;
    }
    if (chunk.state == ReadaheadChunk.State.QUEUED) {
      drop(chunk); // reading it here is faster than waiting for a thread
      return null;
    }
    if (isLoading(chunk)) {
      Uninterruptibles.await(this, () -> !isLoading(chunk));
    }
    if (chunk.dropped) {
      return null;
    }
    chunk.readers++;
    chunk.lastUsed = memory.now();
    return chunk;
  }

  private static boolean isLoading(ReadaheadChunk chunk) {
    return chunk.state == ReadaheadChunk.State.LOADING && !chunk.dropped;
  }

  /**
   * Ends a {@link #pin}, after {@code bytes} were copied. Drops chunks that have been read
   * completely.
   */
  synchronized void unpin(ReadaheadChunk chunk, int bytes) {
    chunk.readers--;
    chunk.served += bytes;
    if (chunk.dropped) {
      freeIfUnused(chunk);
    } else if (chunk.served >= chunk.length) {
      drop(chunk);
    }
  }

  /**
   * Returns true if the caller must now read the chunk from the disk and then call {@link #loaded}.
   */
  synchronized boolean beginLoading(ReadaheadChunk chunk) {
    if (chunk.dropped) {
      return false;
    }
    chunk.state = ReadaheadChunk.State.LOADING;
    return true;
  }

  /** Ends the fetch that {@link #beginLoading} started. */
  synchronized void loaded(ReadaheadChunk chunk, boolean success) {
    chunk.state = ReadaheadChunk.State.READY;
    if (success) {
      chunk.fetched = chunk.length;
      counters.prefetched(chunk.length);
    }
    if (chunk.dropped) {
      freeIfUnused(chunk);
    } else if (!success) {
      drop(chunk);
    }
    notifyAll();
  }

  /** Discards all data of a range whose bytes have changed. */
  synchronized void invalidate(long offset, long length) {
    for (int i = chunks.size() - 1; i >= 0; i--) {
      ReadaheadChunk chunk = chunks.get(i);
      if (overlaps(chunk, offset, length)) {
        drop(chunk);
      }
    }
    notifyAll();
  }

  /** Removes a chunk whose fetch has not started. */
  synchronized void cancel(ReadaheadChunk chunk) {
    if (!chunk.dropped) {
      drop(chunk);
    }
  }

  private static boolean overlaps(ReadaheadChunk chunk, long offset, long length) {
    return chunk.start < offset + length && offset < chunk.end();
  }

  private ReadaheadChunk find(long offset) {
    for (int i = 0; i < chunks.size(); i++) {
      ReadaheadChunk chunk = chunks.get(i);
      if (chunk.start <= offset && offset < chunk.end()) {
        return chunk;
      }
    }
    return null;
  }

  private void drop(ReadaheadChunk chunk) {
    chunks.remove(chunk);
    chunk.dropped = true;
    freeIfUnused(chunk);
  }

  /** Frees the buffer, unless a thread fills it or a reader copies from it. */
  private void freeIfUnused(ReadaheadChunk chunk) {
    if (chunk.readers == 0 && chunk.state != ReadaheadChunk.State.LOADING) {
      memory.release(chunk.buffer);
      counters.wasted(Math.max(0, chunk.fetched - chunk.served));
    }
  }
}
