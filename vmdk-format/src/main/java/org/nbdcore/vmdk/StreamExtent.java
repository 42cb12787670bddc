package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;

/**
 * A new streamOptimized extent, written sequentially. Grains wait in memory, and are compressed as
 * soon as they are full. When too many wait, the first ones are written to the file. Clients may
 * write in any order within this window. A grain in the file cannot be changed.
 */
final class StreamExtent implements Extent, ExtentWriter {
  private static final int WINDOW = 64 << 20; // in bytes of memory

  private final OpenFile file;
  private final int grainBytes;
  private final long length;
  private final DecoderPool decoders;
  private final StreamGrains grains;
  private final int window;
  private final StreamFile stream; // guarded by this object's lock
  private final TreeMap<Long, StreamGrains.Grain> waiting = new TreeMap<>(); // guarded by the lock
  private long memory; // of the waiting grains; guarded by this object's lock
  private long passed = -1; // the last grain in the file; guarded by this object's lock

  private StreamExtent(
      OpenFile file, SparseHeader header, long length, DecoderPool decoders, int window)
      throws IOException {
    this.file = file;
    this.grainBytes = (int) header.grainBytes();
    this.length = length;
    this.decoders = decoders;
    this.grains = new StreamGrains(grainBytes);
    this.stream = new StreamFile(file, header);
    this.window = window;
  }

  /**
   * @param header of a stream for which {@link StreamFile#isNew} is true
   */
  static StreamExtent open(OpenFile file, SparseHeader header, long length, DecoderPool decoders)
      throws IOException {
    return new StreamExtent(file, header, length, decoders, WINDOW);
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public void write(ByteBuffer src, int n, long start) throws IOException {
    long offset = start;
    int left = n;
    while (left > 0) {
      int within = (int) (offset % grainBytes);
      int chunk = Math.min(left, grainBytes - within);
      write(src, chunk, offset / grainBytes, within);
      offset += chunk;
      left -= chunk;
    }
  }

  private void write(ByteBuffer src, int n, long number, int within) throws IOException {
    StreamGrains.Grain grain;
    byte[] full = null;
    int version;
    synchronized (this) {
      checkNotPassed(number);
      grain = waiting.get(number);
      if (grain == null) {
        grain = grains.create();
        waiting.put(number, grain);
        memory += grain.memory();
      }
      long before = grain.memory();
      grains.put(grain, within, src, n);
      memory += grain.memory() - before;
      version = grain.version();
      full = grain.isFull() ? grain.raw() : null;
    }
    byte[] packed = full == null ? null : grains.deflate(full); // without the lock
    synchronized (this) {
      if (packed != null && grain.version() == version && waiting.get(number) == grain) {
        long before = grain.memory();
        grains.packed(grain, packed);
        memory += grain.memory() - before;
      }
      while (memory > window) {
        writeFirst();
      }
    }
  }

  private void checkNotPassed(long number) throws VmdkException {
    if (number <= passed) {
      throw new VmdkException(
          file.location()
              + ": is a streamOptimized disk, written in order, and what comes before byte "
              + (passed + 1) * grainBytes
              + " is finished, so that byte "
              + number * grainBytes
              + " cannot be changed; write in order, at most "
              + (window >> 20)
              + " MiB back");
    }
  }

  /** Writes the first waiting grain to the file, full or not. */
  private void writeFirst() throws IOException {
    Map.Entry<Long, StreamGrains.Grain> first = waiting.firstEntry();
    byte[] bytes = grains.bytes(first.getValue());
    if (bytes != null) {
      stream.append(first.getKey(), bytes);
    }
    waiting.remove(first.getKey());
    memory -= first.getValue().memory();
    passed = first.getKey();
  }

  @Override
  public void zero(long start, long total) throws IOException {
    clear(start, total, false);
  }

  @Override
  public void trim(long start, long total) throws IOException {
    clear(start, total, true);
  }

  private synchronized void clear(long start, long total, boolean trimming) throws IOException {
    long end = start + total;
    long offset = start;
    while (offset < end) {
      long number = offset / grainBytes;
      int within = (int) (offset % grainBytes);
      int chunk = (int) Math.min(end - offset, grainBytes - within);
      StreamGrains.Grain grain = waiting.get(number);
      if (grain != null && (chunk == grainBytes || offset + chunk == length && within == 0)) {
        waiting.remove(number);
        memory -= grain.memory();
      } else if (grain != null) {
        long before = grain.memory();
        grains.zero(grain, within, chunk);
        memory += grain.memory() - before;
      } else if (!trimming && stream.position(number) != 0) {
        checkNotPassed(number);
      }
      offset += chunk;
    }
  }

  @Override
  public boolean zeroesQuickly() {
    return true;
  }

  @Override
  public void read(ByteBuffer dst, int n, long start) throws IOException {
    long offset = start;
    int left = n;
    while (left > 0) {
      int within = (int) (offset % grainBytes);
      int chunk = Math.min(left, grainBytes - within);
      read(dst, chunk, offset / grainBytes, within);
      offset += chunk;
      left -= chunk;
    }
  }

  private void read(ByteBuffer dst, int n, long number, int within) throws IOException {
    long position;
    synchronized (this) {
      StreamGrains.Grain grain = waiting.get(number);
      if (grain != null) {
        grains.read(grain, within, dst, n);
        return;
      }
      position = stream.position(number);
    }
    if (position == 0) {
      Zeros.put(dst, n);
      return;
    }
    GrainDecoder decoder = decoders.take();
    try {
      long sector = number * (grainBytes / SparseHeader.SECTOR);
      DirectMemory memory = decoder.memory(grainBytes);
      decoder.decode(file, position, sector, grainBytes, memory, grainBytes);
      memory.copyTo(dst, within, n);
    } finally {
      decoders.release(decoder);
    }
  }

  @Override
  public boolean map(long start, long total, ExtentMerger merger) throws IOException {
    long offset = start;
    long left = total;
    while (left > 0) {
      long chunk = Math.min(left, grainBytes - offset % grainBytes);
      if (!merger.add(chunk, kind(offset / grainBytes))) {
        return false;
      }
      offset += chunk;
      left -= chunk;
    }
    return true;
  }

  private synchronized ExtentKind kind(long number) {
    boolean there = waiting.containsKey(number) || stream.position(number) != 0;
    return there ? ExtentKind.DATA : ExtentKind.HOLE;
  }

  /** Writes full grains to the file, up to the first one that is not full. */
  @Override
  public synchronized void flush() throws IOException {
    while (!waiting.isEmpty() && waiting.firstEntry().getValue().isFull()) {
      writeFirst();
    }
    stream.force();
  }

  /** Writes all waiting grains and the end of the stream. Later writes remove the end again. */
  @Override
  public synchronized void settle() throws IOException {
    while (!waiting.isEmpty()) {
      writeFirst();
    }
    stream.finish();
    grains.close();
  }
}
