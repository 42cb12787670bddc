package org.nbdcore.filter.truncate;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BufferList;
import org.nbdcore.spi.CompletionHandler;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.PassThroughDevice;
import org.nbdcore.spi.helpers.AlignedExtents;
import org.nbdcore.spi.helpers.Alignment;

/**
 * Forwards the part of a request that exists on the disk below. Beyond it, the disk reads as zeroes
 * and cannot be changed.
 */
final class TruncateDevice extends PassThroughDevice {

  private final long real;
  private final long size;
  private final int block;

  TruncateDevice(BlockDevice next, long real, long size) throws IOException {
    super(next);
    this.real = real;
    this.size = size;
    this.block = next.capabilities().blockSizes().minimum();
  }

  @Override
  public long size() {
    return size;
  }

  /** The number of bytes of a range, from its start, that exist on the disk below. */
  private long within(long offset, long length) {
    return Math.max(0, Math.min(length, real - offset));
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    int last = dst.limit();
    int middle = dst.position() + (int) within(offset, dst.remaining());
    if (middle > dst.position()) {
      next.read(dst.limit(middle), offset);
    }
    dst.limit(last).position(middle);
    while (dst.hasRemaining()) {
      dst.put((byte) 0);
    }
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    int last = src.limit();
    int middle = src.position() + (int) within(offset, src.remaining());
    for (int i = middle; i < last; i++) {
      if (src.get(i) != 0) {
        throw new NbdException(
            NbdError.ENOSPC,
            "only zeroes can be written beyond the end of the disk below at " + real);
      }
    }
    if (middle > src.position()) {
      next.write(src.limit(middle), offset, flags);
    }
    src.limit(last).position(last);
  }

  @Override
  public boolean readZeroCopy(long offset, long length, BufferList buffers) throws IOException {
    return offset + length <= real && super.readZeroCopy(offset, length, buffers);
  }

  /** Submits reads that lie completely within the disk below. */
  @Override
  public boolean readAsync(ByteBuffer dst, long offset, CompletionHandler completion)
      throws IOException {
    return offset + dst.remaining() <= real && super.readAsync(dst, offset, completion);
  }

  @Override
  public boolean writeAsync(ByteBuffer src, long offset, Flags flags, CompletionHandler completion)
      throws IOException {
    return offset + src.remaining() <= real && super.writeAsync(src, offset, flags, completion);
  }

  @Override
  public void trim(long offset, long length, Flags flags) throws IOException {
    long within = within(offset, length);
    if (within > 0) {
      next.trim(offset, within, flags);
    }
  }

  @Override
  public void zero(long offset, long length, Flags flags) throws IOException {
    long within = within(offset, length);
    if (within > 0) {
      next.zero(offset, within, flags);
    }
  }

  /** Reports the block in which the disk below ends as one extent. */
  @Override
  public void extents(long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    if (Alignment.isAligned(real, block)) {
      extentsOfBoth(offset, length, flags, sink);
    } else {
      AlignedExtents.collect(this::extentsOfBoth, offset, length, flags, block, block, sink);
    }
  }

  /** Offers no meta contexts, because their meaning after the end of the disk below is unknown. */
  @Override
  public List<String> metaContexts() {
    return List.of();
  }

  private void extentsOfBoth(long offset, long length, Flags flags, ExtentSink sink)
      throws IOException {
    long within = within(offset, length);
    if (within == 0) {
      sink.add(offset, length, ExtentSink.HOLE | ExtentSink.ZERO);
      return;
    }
    TailSink tail = new TailSink(sink, offset + within);
    next.extents(offset, within, flags, tail);
    if (tail.complete && within < length) {
      sink.add(offset + within, length - within, ExtentSink.HOLE | ExtentSink.ZERO);
    }
  }

  /** Cuts off extents at the end of the disk below, and records whether they reach it. */
  private static final class TailSink implements ExtentSink {
    private final ExtentSink outer;
    private final long end;
    private boolean complete;

    private TailSink(ExtentSink outer, long end) {
      this.outer = outer;
      this.end = end;
    }

    @Override
    public boolean add(long offset, long length, int type) {
      if (offset >= end) {
        return false;
      }
      long stop = Math.min(end, offset + length);
      outer.add(offset, stop - offset, type);
      complete = stop == end;
      return !full();
    }

    @Override
    public boolean full() {
      return complete || outer.full();
    }
  }

  @Override
  public void cache(long offset, long length) throws IOException {
    long within = within(offset, length);
    if (within > 0) {
      next.cache(offset, within);
    }
  }
}
