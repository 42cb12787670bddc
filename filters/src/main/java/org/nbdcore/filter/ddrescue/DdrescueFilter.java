package org.nbdcore.filter.ddrescue;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Loan;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;

/** Opens the disk for reading only, and only what was rescued can be read. */
final class DdrescueFilter implements Filter {

  private final RescueMap map;

  DdrescueFilter(RescueMap map) {
    this.map = map;
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    return new RescuedDevice(next.open(request.withReadOnly(true)), map);
  }

  /** Extents are passed on: they say where the file has holes, which is not where it is bad. */
  private static final class RescuedDevice extends FilterBlockDevice {

    private final RescueMap map;

    RescuedDevice(BlockDevice next, RescueMap map) {
      super(next);
      this.map = map;
    }

    private void check(long offset, long length) throws NbdException {
      long lost = map.firstLost(offset, length);
      if (lost >= 0) {
        throw new NbdException(
            NbdError.EIO, "byte " + lost + " was not rescued, as ddrescue's map says");
      }
    }

    @Override
    public Capabilities capabilities() throws IOException {
      return next.capabilities().withWrite(false);
    }

    @Override
    public void read(ByteBuffer dst, long offset) throws IOException {
      check(offset, dst.remaining());
      next.read(dst, offset);
    }

    @Override
    public boolean lend(long offset, long length, Loan loan) throws IOException {
      check(offset, length);
      return next.lend(offset, length, loan);
    }

    @Override
    public void cache(long offset, long length) throws IOException {
      check(offset, length);
      next.cache(offset, length);
    }
  }
}
