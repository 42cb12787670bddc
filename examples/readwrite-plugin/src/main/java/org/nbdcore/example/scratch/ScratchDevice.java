package org.nbdcore.example.scratch;

import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Flags;

/** One connection's device on the shared contents. */
final class ScratchDevice implements BlockDevice {

  private final byte[] contents;

  ScratchDevice(byte[] contents) {
    this.contents = contents;
  }

  @Override
  public long size() {
    return contents.length;
  }

  /**
   * The server emulates zero requests by writes. Flush always succeeds, because there is nothing to
   * flush.
   */
  @Override
  public Capabilities capabilities() {
    return Capabilities.readWrite().withFlush(true).withMultiConn(true);
  }

  @Override
  public void read(ByteBuffer dst, long offset) {
    dst.put(contents, (int) offset, dst.remaining());
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) {
    src.get(contents, (int) offset, src.remaining());
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
