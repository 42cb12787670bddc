package org.nbdcore.filter.timelimit;

import java.io.IOException;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.helpers.BlockDevices;

/** Starts the time limit when a client opens the disk. */
final class TimeLimitFilter implements Filter {

  private final long nanos;

  TimeLimitFilter(long nanos) {
    this.nanos = nanos;
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    BlockDevice device = next.open(request);
    long opened = System.nanoTime();
    Session session = request.session();
    return BlockDevices.checked(device, (type, offset, length) -> check(opened, session));
  }

  private void check(long opened, Session session) throws NbdException {
    if (System.nanoTime() - opened >= nanos) {
      session.disconnect(false);
      throw new NbdException(
          NbdError.ESHUTDOWN,
          "time-limit: the client has been connected for longer than it may ("
              + nanos / 1_000_000
              + " ms)");
    }
  }
}
