package org.nbdcore.example.hello;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;

/** A disk of 64 KiB, filled with a line of text. */
final class HelloDevice implements BlockDevice {

  private static final byte[] LINE = "Hello, NBD world\n".getBytes(StandardCharsets.UTF_8);

  @Override
  public long size() {
    return 1 << 16;
  }

  @Override
  public Capabilities capabilities() {
    return Capabilities.readOnly().withMultiConn(true);
  }

  @Override
  public void read(ByteBuffer dst, long offset) {
    for (long at = offset; dst.hasRemaining(); at++) {
      dst.put(LINE[(int) (at % LINE.length)]);
    }
  }

  @Override
  public void close() {}
}
