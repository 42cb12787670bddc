package org.nbdcore.plugin.info;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.Supplier;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Support;

/**
 * A disk of 12 bytes that contain a time, computed at each read: seconds in 64 bits and
 * microseconds in 32 bits, both big-endian. Read both in one request to get consistent values.
 */
final class TimeDevice implements BlockDevice {

  private static final int SIZE = Long.BYTES + Integer.BYTES;

  private final Supplier<Duration> clock;

  TimeDevice(Supplier<Duration> clock) {
    this.clock = clock;
  }

  @Override
  public long size() {
    return SIZE;
  }

  @Override
  public Capabilities capabilities() {
    return Capabilities.readOnly().withCache(Support.NATIVE);
  }

  @Override
  public void read(ByteBuffer dst, long offset) {
    Duration now = clock.get();
    byte[] bytes =
        ByteBuffer.allocate(SIZE).putLong(now.getSeconds()).putInt(now.getNano() / 1000).array();
    dst.put(bytes, (int) offset, dst.remaining());
  }

  @Override
  public void cache(long offset, long length) {}

  @Override
  public void close() {}
}
