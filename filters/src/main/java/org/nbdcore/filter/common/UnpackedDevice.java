package org.nbdcore.filter.common;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Loan;

/** Serves what was unpacked. The disk below stays open, as its client has not left it. */
final class UnpackedDevice extends FilterBlockDevice {

  private final UnpackedFile unpacked;

  UnpackedDevice(BlockDevice next, UnpackedFile unpacked) {
    super(next);
    this.unpacked = unpacked;
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
}
