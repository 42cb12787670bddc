package org.nbdcore.filter.delay;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.Support;

/** Waits before each operation. */
final class DelayDevice extends FilterBlockDevice {

  private static final Log LOG = Log.of("delay");

  private final Delays delays;
  private final Session session;

  DelayDevice(BlockDevice next, Delays delays, Session session) {
    super(next);
    this.delays = delays;
    this.session = session;
  }

  @Override
  public Capabilities capabilities() throws IOException {
    Capabilities below = next.capabilities();
    boolean refuses = !delays.fastZero() && below.write() && below.zero() != Support.NONE;
    return refuses ? below.withFastZero(true) : below;
  }

  private void sleep(long nanos) throws IOException {
    if (nanos > 0) {
      session.sleep(nanos);
    }
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    sleep(delays.read());
    next.read(dst, offset);
  }

  @Override
  public void write(ByteBuffer src, long offset, int flags) throws IOException {
    sleep(delays.write());
    next.write(src, offset, flags);
  }

  @Override
  public void trim(long offset, long length, int flags) throws IOException {
    sleep(delays.trim());
    next.trim(offset, length, flags);
  }

  @Override
  public void zero(long offset, long length, int flags) throws IOException {
    if ((flags & Flags.FAST_ZERO) != 0 && !delays.fastZero()) {
      throw new NbdException(NbdError.ENOTSUP, "zeroes are not fast (delay-fast-zero=false)");
    }
    sleep(delays.zero());
    next.zero(offset, length, flags);
  }

  @Override
  public void extents(long offset, long length, int flags, ExtentSink sink) throws IOException {
    sleep(delays.extents());
    next.extents(offset, length, flags, sink);
  }

  @Override
  public void cache(long offset, long length) throws IOException {
    sleep(delays.cache());
    next.cache(offset, length);
  }

  @Override
  public void close() throws IOException {
    try {
      sleep(delays.close());
    } catch (IOException e) {
      LOG.debug(() -> "the delay of closing was cut short: " + e.getMessage());
    } finally {
      next.close();
    }
  }
}
