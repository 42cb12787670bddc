package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A SPARSE extent with compressed grains (streamOptimized). Whole grains are decompressed straight
 * into the reader's buffer; parts of grains come from a cache.
 */
final class CompressedExtent extends GrainExtent {
  private final DataFile file;
  private final DecoderPool decoders;
  private final GrainCache cache;

  CompressedExtent(
      DataFile file, GrainMap map, Below below, long grainBytes, long length, Shared shared) {
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
    byte[] grainData = cache.get(this, grain, (int) grainBytes());
    if (grainData == null) {
      if (n == stored) {
        decode(dst, n, grain, located);
        return;
      }
      grainData = new byte[stored];
      decode(ByteBuffer.wrap(grainData), stored, grain, located);
      cache.put(this, grain, (int) grainBytes(), grainData);
    }
    dst.put(grainData, (int) within, n);
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
