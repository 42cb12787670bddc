package org.nbdcore.spi;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A device that leaves the data of the next one alone, so that its bytes may be lent and its reads
 * and writes begun. Do not extend it to change, count or hold up what is read and written: that
 * would be passed by. One that changes writes alone may, if it overrides {@link #write} and {@link
 * #beginWrite} both.
 */
public abstract class ClearDevice extends FilterBlockDevice {

  /** Wraps {@code next}, whose owner this device becomes. */
  protected ClearDevice(BlockDevice next) {
    super(next);
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
}
