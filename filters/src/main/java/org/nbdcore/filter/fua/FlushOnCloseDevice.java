package org.nbdcore.filter.fua;

import java.io.IOException;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Loan;

/** Flushes before it closes. */
final class FlushOnCloseDevice extends FilterBlockDevice {

  FlushOnCloseDevice(BlockDevice next) {
    super(next);
  }

  @Override
  public boolean lend(long offset, long length, Loan loan) throws IOException {
    return next.lend(offset, length, loan);
  }

  @Override
  public void close() throws IOException {
    try {
      next.flush();
    } finally {
      next.close();
    }
  }
}
