package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A SPARSE extent with compressed grains (streamOptimized). Whole grains are decompressed straight
 * into the reader's buffer; parts of grains come from a cache.
 */
final class CompressedExtent extends GrainExtent {
  private final OpenFile file;
  private final DecoderPool decoders;
  private final GrainCache cache;

  CompressedExtent(
      OpenFile file, GrainLocator map, Below below, long grainBytes, long length, Shared shared) {
    super(map, below, grainBytes, length);
    this.file = file;
    this.decoders = shared.decoders();
    this.cache = shared.grains();
  }

  @Override
  long stride() {
    return 0;
  }

  @Override
  void readStored(ByteBuffer dst, int n, long grain, long within, long located) throws IOException {
    int stored = (int) Math.min(grainBytes(), length() - grain * grainBytes());
    GrainCache.Entry cached = cache.get(this, grain, (int) grainBytes());
    if (cached == null) {
      if (n == stored) {
        decode(dst, n, grain, located);
        return;
      }
      byte[] data = cache.memory(stored);
      decode(ByteBuffer.wrap(data), stored, grain, located);
      cached = cache.put(this, grain, (int) grainBytes(), data);
    }
    try {
      dst.put(cached.data(), (int) within, n);
    } finally {
      cached.release();
    }
  }

  private void decode(ByteBuffer dst, int n, long grain, long located) throws IOException {
    GrainDecoder decoder = decoders.take();
    try {
      decoder.decode(
          file, located, grain * (grainBytes() / SparseHeader.SECTOR), (int) grainBytes(), dst, n);
    } finally {
      decoders.giveBack(decoder);
    }
  }
}
