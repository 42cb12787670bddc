package org.nbdcore.filter.timelimit;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Completion;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Loan;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Session;

/** Looks at the clock before each request. */
final class TimeLimitDevice extends FilterBlockDevice {

  private final long nanos;
  private final long start = System.nanoTime();
  private final Session session;

  TimeLimitDevice(BlockDevice next, long nanos, Session session) {
    super(next);
    this.nanos = nanos;
    this.session = session;
  }

  private void check() throws NbdException {
    if (System.nanoTime() - start >= nanos) {
      session.disconnect(false);
      throw new NbdException(
          NbdError.ESHUTDOWN,
          "time-limit: the client has been connected for longer than it may ("
              + nanos / 1_000_000
              + " ms)");
    }
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    check();
    next.read(dst, offset);
  }

  @Override
  public boolean lend(long offset, long length, Loan loan) throws IOException {
    check();
    return next.lend(offset, length, loan);
  }

  @Override
  public void write(ByteBuffer src, long offset, int flags) throws IOException {
    check();
    next.write(src, offset, flags);
  }

  @Override
  public boolean asynchronous() {
    return next.asynchronous();
  }

  @Override
  public boolean beginRead(ByteBuffer dst, long offset, Completion completion) throws IOException {
    check();
    return next.beginRead(dst, offset, completion);
  }

  @Override
  public boolean beginWrite(ByteBuffer src, long offset, int flags, Completion completion)
      throws IOException {
    check();
    return next.beginWrite(src, offset, flags, completion);
  }

  @Override
  public void flush() throws IOException {
    check();
    next.flush();
  }

  @Override
  public void trim(long offset, long length, int flags) throws IOException {
    check();
    next.trim(offset, length, flags);
  }

  @Override
  public void zero(long offset, long length, int flags) throws IOException {
    check();
    next.zero(offset, length, flags);
  }

  @Override
  public void extents(long offset, long length, int flags, ExtentSink sink) throws IOException {
    check();
    next.extents(offset, length, flags, sink);
  }

  @Override
  public void cache(long offset, long length) throws IOException {
    check();
    next.cache(offset, length);
  }
}
