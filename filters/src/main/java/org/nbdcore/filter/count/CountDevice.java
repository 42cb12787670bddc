package org.nbdcore.filter.count;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.LongAdder;
import org.nbdcore.filter.common.Begun;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Completion;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Loan;

/** Counts what succeeded; extents and cache requests move no bytes of the client's. */
final class CountDevice extends FilterBlockDevice {

  private final CountFilter counts;

  CountDevice(BlockDevice next, CountFilter counts) {
    super(next);
    this.counts = counts;
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    int length = dst.remaining();
    next.read(dst, offset);
    counts.read.add(length);
  }

  @Override
  public boolean lend(long offset, long length, Loan loan) throws IOException {
    boolean lent = next.lend(offset, length, loan);
    if (lent) {
      counts.read.add(length);
    }
    return lent;
  }

  @Override
  public void write(ByteBuffer src, long offset, int flags) throws IOException {
    int length = src.remaining();
    next.write(src, offset, flags);
    counts.written.add(length);
  }

  @Override
  public boolean asynchronous() {
    return next.asynchronous();
  }

  @Override
  public boolean beginRead(ByteBuffer dst, long offset, Completion completion) throws IOException {
    return next.beginRead(dst, offset, counted(counts.read, dst.remaining(), completion));
  }

  @Override
  public boolean beginWrite(ByteBuffer src, long offset, int flags, Completion completion)
      throws IOException {
    Begun write = counted(counts.written, src.remaining(), completion);
    return next.beginWrite(src, offset, flags, write);
  }

  private static Begun counted(LongAdder bytes, int length, Completion completion) {
    return new Begun(completion) {
      @Override
      protected void over(boolean succeeded) {
        if (succeeded) {
          bytes.add(length);
        }
      }
    };
  }

  @Override
  public void trim(long offset, long length, int flags) throws IOException {
    next.trim(offset, length, flags);
    counts.trimmed.add(length);
  }

  @Override
  public void zero(long offset, long length, int flags) throws IOException {
    next.zero(offset, length, flags);
    counts.zeroed.add(length);
  }
}
