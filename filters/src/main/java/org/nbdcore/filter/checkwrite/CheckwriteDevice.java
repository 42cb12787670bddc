package org.nbdcore.filter.checkwrite;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.filter.common.ContentComparison;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.CompletionHandler;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.PassThroughDevice;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.Support;
import org.nbdcore.spi.helpers.BufferPool;

/** Offers all requests that write, and fails each one that would change the contents. */
final class CheckwriteDevice extends PassThroughDevice {

  private final ContentComparison contents;
  private final Capabilities capabilities;

  CheckwriteDevice(BlockDevice next, BufferPool buffers, Session session) throws IOException {
    super(next);
    contents = new ContentComparison(next, buffers, session);
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
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    check("written", contents.differs(offset, offset + src.remaining(), src, offset));
  }

  /** A comparison blocks. */
  @Override
  public boolean writeAsync(ByteBuffer src, long offset, Flags flags, CompletionHandler handler) {
    return false;
  }

  @Override
  public void flush() {}

  @Override
  public void trim(long offset, long length, Flags flags) throws IOException {
    check("trimmed", contents.notZero(offset, offset + length));
  }

  @Override
  public void zero(long offset, long length, Flags flags) throws IOException {
    check("zeroed", contents.notZero(offset, offset + length));
  }

  private static void check(String what, long where) throws NbdException {
    if (where != ContentComparison.SAME) {
      throw new NbdException(
          NbdError.EIO, "what is " + what + " differs from the disk, first at byte " + where);
    }
  }
}
