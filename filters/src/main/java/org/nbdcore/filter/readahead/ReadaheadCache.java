package org.nbdcore.filter.readahead;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.nbdcore.filter.common.Blocks;
import org.nbdcore.filter.common.BufferPool;

/**
 * What was fetched ahead of one export, shared by its connections. Its monitor guards everything,
 * the chunks included; data is copied outside of it, from chunks whose {@link Chunk#readers} keep
 * them alive.
 */
final class ReadaheadCache {

  private static final int MOST_CHUNKS_AHEAD = 16;

  private final BufferPool pool;
  private final int chunkSize;
  private final long end;
  private final Streams streams;

  /** In no order; there are few enough to look at each. */
  private final List<Chunk> chunks = new ArrayList<>();

  private long clock;

  /**
   * Makes an empty cache.
   *
   * @param chunkSize a power of two
   * @param end of what may be fetched
   */
  ReadaheadCache(BufferPool pool, int chunkSize, long end) {
    this.pool = pool;
    this.chunkSize = chunkSize;
    this.end = end;
    int ahead = Math.max(2, Math.min(MOST_CHUNKS_AHEAD, pool.count() / 2));
    this.streams = new Streams(chunkSize, (long) ahead * chunkSize);
  }

  /** Where the chunk that holds {@code offset} ends. */
  long boundaryAfter(long offset) {
    return Blocks.down(offset, chunkSize) + chunkSize;
  }

  /** Notes a read and returns the chunks to fetch because of it, which may be none. */
  synchronized List<Chunk> plan(long offset, long length) {
    Streams.Stream stream = streams.note(offset, length);
    long window = stream.window();
    if (window == 0) {
      return List.of();
    }
    long to = Math.min(end, stream.next() + window);
    List<Chunk> wanted = List.of();
    long from = Blocks.up(stream.next(), chunkSize);
    for (long at = from; at < to; at += chunkSize) {
      if (find(at) != null) {
        continue;
      }
      ByteBuffer buffer = buffer(from, to);
      if (buffer == null) {
        break;
      }
      if (wanted.isEmpty()) {
        wanted = new ArrayList<>();
      }
      Chunk chunk = new Chunk(at, (int) Math.min(chunkSize, end - at), buffer);
      chunk.lastUsed = ++clock;
      chunks.add(chunk);
      wanted.add(chunk);
    }
    return wanted;
  }

  /** A free buffer, or that of the chunk unused for longest outside of what is wanted now. */
  private ByteBuffer buffer(long from, long to) {
    ByteBuffer buffer = pool.tryAcquire(chunkSize);
    if (buffer != null) {
      return buffer;
    }
    Chunk oldest = null;
    for (Chunk chunk : chunks) {
      boolean wanted = chunk.start >= from && chunk.start < to;
      boolean idle = chunk.state == Chunk.State.READY && chunk.readers == 0;
      if (!wanted && idle && (oldest == null || chunk.lastUsed < oldest.lastUsed)) {
        oldest = chunk;
      }
    }
    if (oldest == null) {
      return null;
    }
    drop(oldest);
    return pool.tryAcquire(chunkSize);
  }

  /**
   * The chunk that holds {@code offset}, once it is there; null if it has to be read from the disk.
   * Ends with {@link #unpin}.
   */
  synchronized Chunk pin(long offset) {
    Chunk chunk = find(offset);
    if (chunk == null) {
      return null;
    }
    if (chunk.state == Chunk.State.QUEUED) {
      drop(chunk); // faster to read it oneself than to wait for a thread
      return null;
    }
    boolean interrupted = false;
    while (chunk.state == Chunk.State.LOADING && !chunk.dropped) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true; // workers are never interrupted; kept for whoever did
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (chunk.dropped) {
      return null;
    }
    chunk.readers++;
    chunk.lastUsed = ++clock;
    return chunk;
  }

  /** Ends a {@link #pin}, after {@code bytes} were copied. What was served whole is let go. */
  synchronized void unpin(Chunk chunk, int bytes) {
    chunk.readers--;
    chunk.served += bytes;
    if (chunk.dropped) {
      freeIfUnused(chunk);
    } else if (chunk.served >= chunk.length) {
      drop(chunk);
    }
  }

  /** Whether the caller is to read the chunk from the disk now and then to call {@link #loaded}. */
  synchronized boolean beginLoading(Chunk chunk) {
    if (chunk.dropped) {
      return false;
    }
    chunk.state = Chunk.State.LOADING;
    return true;
  }

  /** Ends what {@link #beginLoading} began. */
  synchronized void loaded(Chunk chunk, boolean success) {
    chunk.state = Chunk.State.READY;
    if (chunk.dropped) {
      freeIfUnused(chunk);
    } else if (!success) {
      drop(chunk);
    }
    notifyAll();
  }

  /** Forgets everything about a range whose bytes have changed. */
  synchronized void invalidate(long offset, long length) {
    for (int i = chunks.size() - 1; i >= 0; i--) {
      Chunk chunk = chunks.get(i);
      if (chunk.start < offset + length && offset < chunk.end()) {
        drop(chunk);
      }
    }
    notifyAll();
  }

  /** Takes a chunk off that was never begun. */
  synchronized void cancel(Chunk chunk) {
    if (!chunk.dropped) {
      drop(chunk);
    }
  }

  private Chunk find(long offset) {
    for (int i = 0; i < chunks.size(); i++) {
      Chunk chunk = chunks.get(i);
      if (chunk.start <= offset && offset < chunk.end()) {
        return chunk;
      }
    }
    return null;
  }

  private void drop(Chunk chunk) {
    chunks.remove(chunk);
    chunk.dropped = true;
    freeIfUnused(chunk);
  }

  /** The buffer stays as long as a thread fills it or a reader copies from it. */
  private void freeIfUnused(Chunk chunk) {
    if (chunk.readers == 0 && chunk.state != Chunk.State.LOADING) {
      pool.release(chunk.buffer);
    }
  }
}
