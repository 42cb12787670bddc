package org.nbdcore.filter.swab;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.helpers.AlignedExtents;
import org.nbdcore.spi.helpers.Alignment;
import org.nbdcore.spi.helpers.BufferPool;
import org.nbdcore.spi.helpers.SplitRequests;

/**
 * Swaps the data of reads in place, and the data of writes in a separate buffer. Zero, trim and
 * cache need no change.
 */
final class SwabDevice extends FilterBlockDevice {

  private final int word;
  private final BufferPool pool;
  private final int longest;
  private final int least;

  SwabDevice(BlockDevice next, int word, BufferPool pool) throws IOException {
    super(next);
    this.word = word;
    this.pool = pool;
    BlockSizes sizes = sizes(next.capabilities());
    this.least = next.capabilities().blockSizes().minimum();
    this.longest =
        (int) Alignment.roundDown(Math.min(pool.bufferSize(), sizes.maximum()), sizes.minimum());
  }

  private BlockSizes sizes(Capabilities below) {
    BlockSizes sizes = below.blockSizes();
    if (sizes.minimum() >= word) {
      return sizes;
    }
    long maximum =
        sizes.maximum() == BlockSizes.UNLIMITED
            ? BlockSizes.UNLIMITED
            : Math.max(word, Alignment.roundDown(sizes.maximum(), word));
    return BlockSizes.of(word, sizes.preferred(), maximum);
  }

  @Override
  public long size() throws IOException {
    return Alignment.roundDown(next.size(), word);
  }

  @Override
  public Capabilities capabilities() throws IOException {
    Capabilities below = next.capabilities();
    return below.withBlockSizes(sizes(below));
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    int start = dst.position();
    int end = dst.limit();
    next.read(dst, offset);
    swap(dst, start, end, dst, start);
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    ByteBuffer swapped = pool.acquire(pool.bufferSize());
    try {
      SplitRequests.Encoder encoder =
          (data, length, at) -> {
            swap(data, data.position(), data.position() + length, swapped.clear(), 0);
            return swapped.limit(length);
          };
      SplitRequests.writeEncoded(next, longest, src, offset, flags, encoder);
    } finally {
      pool.release(swapped);
    }
  }

  /** Reports a word that is partly data as data, because its bytes are exchanged. */
  @Override
  public void extents(long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    AlignedExtents.collect(
        next::extents, offset, length, flags, least, Math.max(word, least), sink);
  }

  private void swap(ByteBuffer from, int start, int end, ByteBuffer to, int at) {
    ByteOrder fromOrder = from.order();
    ByteOrder toOrder = to.order();
    try {
      from.order(ByteOrder.BIG_ENDIAN);
      to.order(ByteOrder.BIG_ENDIAN);
      int shift = at - start;
      for (int i = start; i < end; i += word) {
        switch (word) {
          case 2 -> to.putShort(i + shift, Short.reverseBytes(from.getShort(i)));
          case 4 -> to.putInt(i + shift, Integer.reverseBytes(from.getInt(i)));
          default -> to.putLong(i + shift, Long.reverseBytes(from.getLong(i)));
        }
      }
    } finally {
      from.order(fromOrder);
      to.order(toOrder);
    }
  }
}
