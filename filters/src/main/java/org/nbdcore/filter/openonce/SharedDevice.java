package org.nbdcore.filter.openonce;

import java.io.IOException;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Loan;

/** A device that others use too; closing it leaves it open. */
final class SharedDevice extends FilterBlockDevice {

  SharedDevice(BlockDevice next) {
    super(next);
  }

  @Override
  public boolean lend(long offset, long length, Loan loan) throws IOException {
    return next.lend(offset, length, loan);
  }

  @Override
  public void close() {}
}
