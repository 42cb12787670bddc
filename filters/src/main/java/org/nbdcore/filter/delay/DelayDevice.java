package org.nbdcore.filter.delay;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BufferList;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.Support;
import org.nbdcore.spi.ZeroCopyReadable;
import org.nbdcore.spi.helpers.BlockDevices;

/** Sleeps before each operation. */
final class DelayDevice extends FilterBlockDevice implements ZeroCopyReadable {

  private final Delays delays;
  private final Session session;

  DelayDevice(BlockDevice next, Delays delays, Session session) {
    super(next);
    this.delays = delays;
    this.session = session;
  }

  private void delay(long nanos) throws IOException {
    if (nanos > 0 && delays.active()) {
      session.sleep(nanos);
    }
  }

  /**
   * Fast zeroes that are refused here need nothing from below, so they are always offered. If reads
   * are delayed, caching below does not make them faster.
   */
  @Override
  public Capabilities capabilities() throws IOException {
    Capabilities below = next.capabilities();
    boolean discards = below.cacheDiscards() || delays.read() > 0;
    boolean refuses = !delays.fastZero() && below.zero() != Support.NONE;
    return below.withCacheDiscards(discards).withFastZero(refuses || below.fastZero());
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    delay(delays.read());
    next.read(dst, offset);
  }

  /**
   * Offers zero-copy reads only without a delay: a declined zero-copy read would be delayed twice.
   */
  @Override
  public boolean readZeroCopy(long offset, long length, BufferList buffers) throws IOException {
    return delays.read() == 0 && BlockDevices.readZeroCopy(next, offset, length, buffers);
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    delay(delays.write());
    next.write(src, offset, flags);
  }

  @Override
  public void trim(long offset, long length, Flags flags) throws IOException {
    delay(delays.trim());
    next.trim(offset, length, flags);
  }

  @Override
  public void zero(long offset, long length, Flags flags) throws IOException {
    if (flags.has(Flags.FAST_ZERO) && refusesFastZeroes()) {
      throw new NbdException(
          NbdError.ENOTSUP, "fast zeroes are refused because of delay-fast-zero=false");
    }
    delay(delays.zero());
    next.zero(offset, length, flags);
  }

  /** While the delays do not apply, the layer below decides, if it can. */
  private boolean refusesFastZeroes() throws IOException {
    return !delays.fastZero() && (delays.active() || !next.capabilities().fastZero());
  }

  @Override
  public void extents(long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    delay(delays.extents());
    next.extents(offset, length, flags, sink);
  }

  @Override
  public void cache(long offset, long length) throws IOException {
    delay(delays.cache());
    next.cache(offset, length);
  }

  /** By now the session has ended and would wake at once, so time passes without it. */
  @Override
  public void close() throws IOException {
    try {
      if (delays.close() > 0 && delays.active()) {
        Session.DETACHED.sleep(delays.close());
      }
    } finally {
      next.close();
    }
  }
}
