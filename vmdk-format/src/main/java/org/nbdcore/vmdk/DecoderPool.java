package org.nbdcore.vmdk;

import java.io.Closeable;
import java.util.ArrayDeque;

/**
 * Idle decoders. A pool, and not thread-local decoders, so that they are freed with the disk and
 * not with threads that outlive it.
 */
final class DecoderPool implements Closeable {
  private final ArrayDeque<GrainDecoder> idle = new ArrayDeque<>(); // guarded by this object's lock
  private final int most = 2 * Runtime.getRuntime().availableProcessors();
  private boolean closed; // guarded by this object's lock

  GrainDecoder take() {
    GrainDecoder decoder;
    synchronized (this) {
      // The most recently used one, because its memory is probably in the CPU's cache.
      decoder = idle.pollLast();
    }
    return decoder == null ? new GrainDecoder() : decoder;
  }

  void release(GrainDecoder decoder) {
    synchronized (this) {
      if (!closed && idle.size() < most) {
        idle.addLast(decoder);
        return;
      }
    }
    decoder.close();
  }

  synchronized int idle() {
    return idle.size();
  }

  /** Decoders in use are closed when they are returned. */
  @Override
  public synchronized void close() {
    closed = true;
    idle.forEach(GrainDecoder::close);
    idle.clear();
  }
}
