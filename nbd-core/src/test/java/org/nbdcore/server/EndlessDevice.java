package org.nbdcore.server;

import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/** A large disk without memory, which takes only what it holds anyhow. */
final class EndlessDevice implements BlockDevice {

  @Override
  public long size() {
    return 1L << 40;
  }

  @Override
  public Capabilities capabilities() {
    return Capabilities.readWrite().withBlockSizes(new BlockSizes(8, 4096, BlockSizes.UNLIMITED));
  }

  /** What it holds: numbers that depend on their place. */
  static byte[] contents(long offset, int length) {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    fill(bytes, offset);
    return bytes.array();
  }

  private static void fill(ByteBuffer dst, long offset) {
    for (long at = offset; dst.hasRemaining(); at += Long.BYTES) {
      dst.putLong(at * 0x9e37_79b9_7f4a_7c15L);
    }
  }

  @Override
  public void read(ByteBuffer dst, long offset) {
    fill(dst, offset);
  }

  @Override
  public void write(ByteBuffer src, long offset, int flags) throws NbdException {
    for (long at = offset; src.hasRemaining(); at += Long.BYTES) {
      if (src.getLong() != at * 0x9e37_79b9_7f4a_7c15L) {
        throw new NbdException(NbdError.EIO, "a wrong number at " + at);
      }
    }
  }

  @Override
  public void close() {}
}
