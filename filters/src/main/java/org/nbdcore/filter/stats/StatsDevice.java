package org.nbdcore.filter.stats;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.filter.common.Begun;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Completion;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Loan;

/** Times each request that succeeds. */
final class StatsDevice extends FilterBlockDevice {

  private final StatsFilter stats;

  StatsDevice(BlockDevice next, StatsFilter stats) {
    super(next);
    this.stats = stats;
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    int length = dst.remaining();
    long start = System.nanoTime();
    next.read(dst, offset);
    stats.read.add(offset, length, System.nanoTime() - start);
  }

  @Override
  public boolean lend(long offset, long length, Loan loan) throws IOException {
    long start = System.nanoTime();
    boolean lent = next.lend(offset, length, loan);
    if (lent) {
      stats.read.add(offset, length, System.nanoTime() - start);
    }
    return lent;
  }

  @Override
  public void write(ByteBuffer src, long offset, int flags) throws IOException {
    int length = src.remaining();
    long start = System.nanoTime();
    next.write(src, offset, flags);
    stats.write.add(offset, length, System.nanoTime() - start);
  }

  @Override
  public boolean asynchronous() {
    return next.asynchronous();
  }

  @Override
  public boolean beginRead(ByteBuffer dst, long offset, Completion completion) throws IOException {
    return next.beginRead(dst, offset, timed(stats.read, offset, dst.remaining(), completion));
  }

  @Override
  public boolean beginWrite(ByteBuffer src, long offset, int flags, Completion completion)
      throws IOException {
    Begun write = timed(stats.write, offset, src.remaining(), completion);
    return next.beginWrite(src, offset, flags, write);
  }

  private static Begun timed(
      OperationStats operation, long offset, int length, Completion completion) {
    long start = System.nanoTime();
    return new Begun(completion) {
      @Override
      protected void over(boolean succeeded) {
        if (succeeded) {
          operation.add(offset, length, System.nanoTime() - start);
        }
      }
    };
  }

  @Override
  public void flush() throws IOException {
    long start = System.nanoTime();
    next.flush();
    stats.flush.add(0, 0, System.nanoTime() - start);
  }

  @Override
  public void trim(long offset, long length, int flags) throws IOException {
    long start = System.nanoTime();
    next.trim(offset, length, flags);
    stats.trim.add(offset, length, System.nanoTime() - start);
  }

  @Override
  public void zero(long offset, long length, int flags) throws IOException {
    long start = System.nanoTime();
    next.zero(offset, length, flags);
    stats.zero.add(offset, length, System.nanoTime() - start);
  }

  @Override
  public void extents(long offset, long length, int flags, ExtentSink sink) throws IOException {
    long start = System.nanoTime();
    next.extents(offset, length, flags, sink);
    stats.extents.add(offset, length, System.nanoTime() - start);
  }

  @Override
  public void cache(long offset, long length) throws IOException {
    long start = System.nanoTime();
    next.cache(offset, length);
    stats.cache.add(offset, length, System.nanoTime() - start);
  }
}
