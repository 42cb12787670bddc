package org.nbdcore.filter.tlsfallback;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;

/** A disk of one sector that contains a message, padded with zeroes. */
final class ReadmeDevice implements BlockDevice {

  static final int SIZE = 512;

  private final byte[] sector;

  ReadmeDevice(byte[] message) {
    sector = Arrays.copyOf(message, SIZE);
  }

  @Override
  public long size() {
    return SIZE;
  }

  @Override
  public Capabilities capabilities() {
    return Capabilities.readOnly().withMultiConn(true);
  }

  @Override
  public void read(ByteBuffer dst, long offset) {
    dst.put(sector, (int) offset, dst.remaining());
  }

  @Override
  public void close() {}
}
