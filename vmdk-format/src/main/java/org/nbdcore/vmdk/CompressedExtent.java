package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A SPARSE extent with compressed grains (streamOptimized). Reads of parts of a grain use a cache.
 * Reads of whole grains bypass the cache, so that they do not evict other grains.
 */
final class CompressedExtent extends GrainExtent implements GrainCache.Loader {
  private final OpenFile file;
  private final DecoderPool decoders;
  private final GrainCache cache;

  CompressedExtent(
      OpenFile file,
      GrainLocator map,
      Backing backing,
      long grainBytes,
      long length,
      Shared shared) {
    super(map, backing, grainBytes, length);
    this.file = file;
    this.decoders = shared.decoders();
    this.cache = shared.grains();
  }

  @Override
  long stride() {
    return 0;
  }

  @Override
  public int storedBytes(long grain) {
    return (int) Math.min(grainBytes(), length() - grain * grainBytes());
  }

  @Override
  void readStored(ByteBuffer dst, int n, long grain, long within, long located) throws IOException {
    if (n < storedBytes(grain)) {
      cache.read(this, grain, located, (int) within, dst, n);
    } else if (!cache.readIfPresent(this, grain, dst, n)) {
      readWhole(dst, n, grain, located);
    }
  }

  private void readWhole(ByteBuffer dst, int n, long grain, long located) throws IOException {
    GrainDecoder decoder = decoders.take();
    try {
      DirectMemory memory = decoder.memory(n);
      decoder.decode(file, located, sector(grain), (int) grainBytes(), memory, n);
      memory.copyTo(dst, 0, n);
    } finally {
      decoders.release(decoder);
    }
  }

  @Override
  public void load(long grain, long located, DirectMemory out) throws IOException {
    GrainDecoder decoder = decoders.take();
    try {
      int n = storedBytes(grain);
      decoder.decode(file, located, sector(grain), (int) grainBytes(), out, n);
    } finally {
      decoders.release(decoder);
    }
  }

  private long sector(long grain) {
    return grain * (grainBytes() / SparseHeader.SECTOR);
  }
}
