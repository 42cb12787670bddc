package org.nbdcore.filter.common;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Completion;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Loan;

/** A range of another disk, as a disk. */
public final class RangeDevice extends FilterBlockDevice {

  private final long start;
  private final long size;

  /** The {@code size} bytes of {@code next} from {@code start} on, which it must have. */
  public RangeDevice(BlockDevice next, long start, long size) {
    super(next);
    this.start = start;
    this.size = size;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    next.read(dst, offset + start);
  }

  @Override
  public boolean lend(long offset, long length, Loan loan) throws IOException {
    return next.lend(offset + start, length, loan);
  }

  @Override
  public boolean asynchronous() {
    return next.asynchronous();
  }

  @Override
  public boolean beginRead(ByteBuffer dst, long offset, Completion completion) throws IOException {
    return next.beginRead(dst, offset + start, completion);
  }

  @Override
  public boolean beginWrite(ByteBuffer src, long offset, int flags, Completion completion)
      throws IOException {
    return next.beginWrite(src, offset + start, flags, completion);
  }

  @Override
  public void write(ByteBuffer src, long offset, int flags) throws IOException {
    next.write(src, offset + start, flags);
  }

  @Override
  public void trim(long offset, long length, int flags) throws IOException {
    next.trim(offset + start, length, flags);
  }

  @Override
  public void zero(long offset, long length, int flags) throws IOException {
    next.zero(offset + start, length, flags);
  }

  @Override
  public void extents(long offset, long length, int flags, ExtentSink sink) throws IOException {
    next.extents(offset + start, length, flags, sink.shifted(-start));
  }

  @Override
  public void cache(long offset, long length) throws IOException {
    next.cache(offset + start, length);
  }
}
