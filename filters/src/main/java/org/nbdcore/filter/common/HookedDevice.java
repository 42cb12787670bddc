package org.nbdcore.filter.common;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Completion;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Loan;

/** A device that changes nothing and tells when it is closed. */
public final class HookedDevice extends FilterBlockDevice {

  private final Runnable closed;

  /** Wraps {@code next}; {@code closed} is called once, after it is closed. */
  public HookedDevice(BlockDevice next, Runnable closed) {
    super(next);
    this.closed = closed;
  }

  @Override
  public boolean lend(long offset, long length, Loan loan) throws IOException {
    return next.lend(offset, length, loan);
  }

  @Override
  public boolean asynchronous() {
    return next.asynchronous();
  }

  @Override
  public boolean beginRead(ByteBuffer dst, long offset, Completion completion) throws IOException {
    return next.beginRead(dst, offset, completion);
  }

  @Override
  public boolean beginWrite(ByteBuffer src, long offset, int flags, Completion completion)
      throws IOException {
    return next.beginWrite(src, offset, flags, completion);
  }

  @Override
  public void close() throws IOException {
    try {
      next.close();
    } finally {
      closed.run();
    }
  }
}
