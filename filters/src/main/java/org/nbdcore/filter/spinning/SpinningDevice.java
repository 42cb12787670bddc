package org.nbdcore.filter.spinning;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.Session;

/** Simulates a seek before every request that accesses the disk. Extents need no seek. */
final class SpinningDevice extends FilterBlockDevice {

  private final DiskHeads heads;
  private final Session session;
  private final Runnable closed;

  SpinningDevice(BlockDevice next, DiskHeads heads, Session session, Runnable closed) {
    super(next);
    this.heads = heads;
    this.session = session;
    this.closed = closed;
  }

  @Override
  public Capabilities capabilities() throws IOException {
    return next.capabilities().withRotational(true);
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    heads.seek(session, offset, dst.remaining());
    next.read(dst, offset);
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    heads.seek(session, offset, src.remaining());
    next.write(src, offset, flags);
  }

  @Override
  public void trim(long offset, long length, Flags flags) throws IOException {
    heads.seek(session, offset, length);
    next.trim(offset, length, flags);
  }

  @Override
  public void zero(long offset, long length, Flags flags) throws IOException {
    heads.seek(session, offset, length);
    next.zero(offset, length, flags);
  }

  @Override
  public void cache(long offset, long length) throws IOException {
    heads.seek(session, offset, length);
    next.cache(offset, length);
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
