package org.nbdcore.filter.common;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Loan;

/** Serves what was unpacked. The disk below stays open, as its client has not left it. */
final class UnpackedDevice extends FilterBlockDevice {

  private final UnpackedFile unpacked;
  private final Closeable use;

  /**
   * Serves a file.
   *
   * @param use closed with this device, once the file is used no more
   */
  UnpackedDevice(BlockDevice next, UnpackedFile unpacked, Closeable use) {
    super(next);
    this.unpacked = unpacked;
    this.use = use;
  }

  @Override
  public long size() {
    return unpacked.size();
  }

  @Override
  public Capabilities capabilities() {
    return Capabilities.readOnly().withMultiConn(true);
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    unpacked.read(dst, offset);
  }

  @Override
  public boolean lend(long offset, long length, Loan loan) throws IOException {
    return unpacked.lend(offset, length, loan);
  }

  @Override
  public void close() throws IOException {
    try {
      next.close();
    } finally {
      use.close();
    }
  }
}
