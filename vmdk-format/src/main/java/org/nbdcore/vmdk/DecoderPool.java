package org.nbdcore.vmdk;

import java.io.Closeable;
import java.util.ArrayDeque;

/**
 * Decoders waiting for work. A pool rather than one decoder a thread, so that they end with the
 * disk and not with threads that outlive it.
 */
final class DecoderPool implements Closeable {
  private final ArrayDeque<GrainDecoder> idle = new ArrayDeque<>(); // guarded by this object's lock
  private final int most = 2 * Runtime.getRuntime().availableProcessors();
  private boolean closed; // guarded by this object's lock

  GrainDecoder take() {
    GrainDecoder decoder;
    synchronized (this) {
      decoder = idle.pollLast(); // the one whose memory is warmest
    }
    return decoder == null ? new GrainDecoder() : decoder;
  }

  void giveBack(GrainDecoder decoder) {
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

  /** Decoders at work are closed when they are given back. */
  @Override
  public synchronized void close() {
    closed = true;
    idle.forEach(GrainDecoder::close);
    idle.clear();
  }
}
