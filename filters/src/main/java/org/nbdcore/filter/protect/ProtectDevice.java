package org.nbdcore.filter.protect;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.filter.common.Blocks;
import org.nbdcore.filter.common.BufferPool;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/**
 * Compares what would be written to a protected range with what is there. Trim is checked like
 * zero, and is kept from protected ranges, as what it leaves is undefined. The rest passes.
 */
final class ProtectDevice extends FilterBlockDevice {

  private final ProtectedAreas areas;
  private final BufferPool pool;
  private final int block;
  private final int longest;

  ProtectDevice(BlockDevice next, ProtectedAreas areas, BufferPool pool) throws IOException {
    super(next);
    this.areas = areas;
    this.pool = pool;
    BlockSizes sizes = next.capabilities().blockSizes();
    this.block = sizes.minimum();
    this.longest = (int) Blocks.down(Math.min(pool.bufferSize(), sizes.maximum()), block);
  }

  @Override
  public void write(ByteBuffer src, long offset, int flags) throws IOException {
    check("write", src, offset, src.remaining());
    next.write(src, offset, flags);
  }

  @Override
  public void zero(long offset, long length, int flags) throws IOException {
    check("zero", null, offset, length);
    next.zero(offset, length, flags);
  }

  @Override
  public void trim(long offset, long length, int flags) throws IOException {
    check("trim", null, offset, length);
    long end = offset + length;
    long at = offset;
    while (at < end) {
      long start = areas.nextStart(at);
      long stop = Blocks.down(Math.min(start, end), block);
      if (stop > at) {
        next.trim(at, stop - at, flags);
      }
      at = start >= end ? end : Blocks.up(areas.endOf(start), block);
    }
  }

  private void check(String operation, ByteBuffer src, long offset, long length)
      throws IOException {
    long end = offset + length;
    long start = areas.nextStart(offset);
    while (start < end) {
      long stop = Math.min(end, areas.endOf(start));
      compare(operation, src, offset, start, stop);
      start = areas.nextStart(stop);
    }
  }

  private void compare(String operation, ByteBuffer src, long offset, long from, long to)
      throws IOException {
    ByteBuffer there = pool.acquire(longest);
    try {
      for (long at = Blocks.down(from, block); at < to; at += longest) {
        int length = (int) Math.min(longest, Blocks.up(to, block) - at);
        next.read(there.clear().limit(length), at);
        long first = Math.max(at, from);
        long last = Math.min(at + length, to);
        for (long i = first; i < last; i++) {
          byte wanted = src == null ? 0 : src.get(src.position() + (int) (i - offset));
          if (there.get((int) (i - at)) != wanted) {
            throw new NbdException(
                NbdError.EPERM, operation + " would change protected bytes at " + i);
          }
        }
      }
    } finally {
      pool.release(there);
    }
  }
}
