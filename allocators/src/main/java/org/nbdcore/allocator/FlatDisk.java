package org.nbdcore.allocator;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BufferList;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Zeroes;
import org.nbdcore.system.MemoryLock;

/** Contents that take all of their memory at once. No operation takes a lock. */
final class FlatDisk implements Allocator {

  private static final int SHIFT = 28;
  private static final int CHUNK = 1 << SHIFT;

  private final long size;
  private final ByteBuffer[] chunks;

  private FlatDisk(long size, ByteBuffer[] chunks) {
    this.size = size;
    this.chunks = chunks;
  }

  /**
   * Takes the memory.
   *
   * @param lock whether it must never be swapped out
   */
  static FlatDisk allocate(long size, boolean lock) throws IOException {
    long count = (size >> SHIFT) + ((size & CHUNK - 1) == 0 ? 0 : 1);
    try {
      ByteBuffer[] chunks = new ByteBuffer[Math.toIntExact(count)];
      for (int i = 0; i < chunks.length; i++) {
        long rest = size - ((long) i << SHIFT);
        chunks[i] = ByteBuffer.allocateDirect((int) Math.min(CHUNK, rest));
        if (lock) {
          lock(chunks[i]);
        }
      }
      return new FlatDisk(size, chunks);
    } catch (OutOfMemoryError | ArithmeticException e) {
      throw new NbdException(
          NbdError.ENOMEM,
          "allocator=malloc: there is no memory for a disk of "
              + size
              + " bytes: use allocator=sparse, or raise the JVM's -XX:MaxDirectMemorySize if it is set",
          e);
    }
  }

  private static void lock(ByteBuffer memory) throws NbdException {
    if (!MemoryLock.available()) {
      throw new NbdException(NbdError.ENOMEM, "mlock=true needs JNA, which does not work here");
    }
    try {
      MemoryLock.lock(memory);
    } catch (IOException e) {
      throw new NbdException(
          NbdError.ENOMEM,
          "mlock of "
              + memory.capacity()
              + " bytes: "
              + e.getMessage()
              + ": raise the limit on locked memory (ulimit -l)",
          e);
    }
  }

  /** What is done with a piece within one chunk. */
  private interface Action {
    void on(ByteBuffer chunk, int from, int length);
  }

  private void each(long offset, long length, Action action) {
    long end = offset + length;
    for (long at = offset; at < end; ) {
      int from = (int) at & CHUNK - 1;
      int step = (int) Math.min(end - at, CHUNK - from);
      action.on(chunks[(int) (at >> SHIFT)], from, step);
      at += step;
    }
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void read(ByteBuffer dst, long offset) {
    each(
        offset,
        dst.remaining(),
        (chunk, from, length) -> {
          dst.put(dst.position(), chunk, from, length);
          dst.position(dst.position() + length);
        });
  }

  @Override
  public boolean readZeroCopy(long offset, long length, BufferList buffers) {
    each(
        offset,
        length,
        (chunk, from, part) -> buffers.add(chunk.duplicate().limit(from + part).position(from)));
    return true;
  }

  @Override
  public void write(ByteBuffer src, long offset) {
    each(
        offset,
        src.remaining(),
        (chunk, from, length) -> {
          chunk.put(from, src, src.position(), length);
          src.position(src.position() + length);
        });
  }

  @Override
  public void zero(long offset, long length, boolean free) {
    each(offset, length, Zeroes::fill);
  }

  @Override
  public void extents(long offset, long length, boolean one, ExtentSink sink) {
    sink.add(offset, length, ExtentSink.DATA);
  }
}
