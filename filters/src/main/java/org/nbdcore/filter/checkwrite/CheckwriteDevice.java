package org.nbdcore.filter.checkwrite;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.filter.common.BufferPool;
import org.nbdcore.filter.common.Contents;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Completion;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Loan;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.Support;

/** Takes every kind of change and looks whether it would be one. */
final class CheckwriteDevice extends FilterBlockDevice {

  private final Contents contents;
  private final Capabilities capabilities;

  CheckwriteDevice(BlockDevice next, BufferPool buffers, Session session) throws IOException {
    super(next);
    contents = new Contents(next, buffers, session);
    capabilities =
        next.capabilities()
            .withWrite(true)
            .withFlush(true)
            .withTrim(true)
            .withZero(Support.NATIVE)
            .withFastZero(true)
            .withFua(Support.NATIVE)
            .withMultiConn(true);
  }

  @Override
  public Capabilities capabilities() {
    return capabilities;
  }

  @Override
  public boolean lend(long offset, long length, Loan loan) throws IOException {
    return next.lend(offset, length, loan);
  }

  @Override
  public boolean asynchronous() {
    return next.asynchronous();
  }

  /** Writes are compared with the disk, and never begun. */
  @Override
  public boolean beginRead(ByteBuffer dst, long offset, Completion completion) throws IOException {
    return next.beginRead(dst, offset, completion);
  }

  @Override
  public void write(ByteBuffer src, long offset, int flags) throws IOException {
    check("written", contents.differs(offset, offset + src.remaining(), src, offset));
  }

  @Override
  public void flush() {}

  @Override
  public void trim(long offset, long length, int flags) throws IOException {
    check("trimmed", contents.notZero(offset, offset + length));
  }

  @Override
  public void zero(long offset, long length, int flags) throws IOException {
    check("zeroed", contents.notZero(offset, offset + length));
  }

  private static void check(String what, long where) throws NbdException {
    if (where != Contents.SAME) {
      throw new NbdException(
          NbdError.EIO, "what is " + what + " differs from the disk, first at byte " + where);
    }
  }
}
