package org.nbdcore.plugin.info;

import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Support;

/** A disk of a few constant bytes. */
final class TextDevice implements BlockDevice {

  private final byte[] bytes;

  TextDevice(byte[] bytes) {
    this.bytes = bytes;
  }

  @Override
  public long size() {
    return bytes.length;
  }

  @Override
  public Capabilities capabilities() {
    return Capabilities.readOnly().withCache(Support.NATIVE).withMultiConn(true);
  }

  @Override
  public void read(ByteBuffer dst, long offset) {
    dst.put(bytes, (int) offset, dst.remaining());
  }

  @Override
  public void cache(long offset, long length) {}

  @Override
  public void close() {}
}
