package org.nbdcore.filter.xor;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Support;
import org.nbdcore.spi.helpers.Alignment;
import org.nbdcore.spi.helpers.BufferPool;
import org.nbdcore.spi.helpers.SplitRequests;

/**
 * Combines what is read in place, and what is written in a buffer of its own. Zeroes of the layer
 * below do not read as zeroes here, so the server writes zeroes as data.
 */
final class XorDevice extends FilterBlockDevice {

  private final KeyStream key;
  private final BufferPool pool;
  private final int longest; // write

  XorDevice(BlockDevice next, KeyStream key, BufferPool pool) throws IOException {
    super(next);
    this.key = key;
    this.pool = pool;
    BlockSizes sizes = next.capabilities().blockSizes();
    this.longest =
        (int) Alignment.roundDown(Math.min(pool.bufferSize(), sizes.maximum()), sizes.minimum());
  }

  @Override
  public Capabilities capabilities() throws IOException {
    return next.capabilities().withZero(Support.EMULATE).withFastZero(false);
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    int start = dst.position();
    int end = dst.limit();
    next.read(dst, offset);
    key.apply(dst, start, end, offset);
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    ByteBuffer combined = pool.acquire(pool.bufferSize());
    try {
      SplitRequests.Encoder encoder =
          (data, length, at) -> {
            combined.clear().put(0, data, data.position(), length).limit(length);
            key.apply(combined, 0, length, at);
            return combined;
          };
      SplitRequests.writeEncoded(next, longest, src, offset, flags, encoder);
    } finally {
      pool.release(combined);
    }
  }

  @Override
  public void zero(long offset, long length, Flags flags) throws IOException {
    throw new NbdException(NbdError.ENOTSUP, "xor does not offer zero");
  }

  /** Holes remain holes, but do not read as zeroes. */
  @Override
  public void extents(long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    next.extents(offset, length, flags, sink.without(ExtentSink.ZERO));
  }
}
