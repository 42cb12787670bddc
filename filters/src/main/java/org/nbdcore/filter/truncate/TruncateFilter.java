package org.nbdcore.filter.truncate;

import java.io.IOException;
import java.util.Optional;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.helpers.BlockDevices;

/** Computes the new size of each disk. */
final class TruncateFilter implements Filter {

  private final Optional<Long> size;
  private final Optional<Long> roundUp;
  private final Optional<Long> roundDown;

  TruncateFilter(Optional<Long> size, Optional<Long> roundUp, Optional<Long> roundDown) {
    this.size = size;
    this.roundUp = roundUp;
    this.roundDown = roundDown;
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    return BlockDevices.wrap(
        next.open(request),
        below -> {
          long real = below.size();
          return new TruncateDevice(below, real, newSize(real));
        });
  }

  private long newSize(long real) throws NbdException {
    long now = size.orElse(real);
    if (roundUp.isPresent() && now % roundUp.get() != 0) {
      long missing = roundUp.get() - now % roundUp.get();
      if (now > Long.MAX_VALUE - missing) {
        throw new NbdException(
            NbdError.EOVERFLOW, "the size " + now + " cannot be rounded up to " + roundUp.get());
      }
      now += missing;
    }
    if (roundDown.isPresent()) {
      now -= now % roundDown.get();
    }
    return now;
  }
}
