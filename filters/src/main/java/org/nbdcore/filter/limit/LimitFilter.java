package org.nbdcore.filter.limit;

import java.io.IOException;
import org.nbdcore.filter.common.ConnectionCounter;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.helpers.BlockDevices;

/**
 * Counts the clients that have opened the disk. A client above the limit is rejected when it
 * connects; if several connect at the same time, when it opens the disk.
 */
final class LimitFilter implements Filter {

  private final int limit;
  private final ConnectionCounter clients = new ConnectionCounter();

  LimitFilter(int limit) {
    this.limit = limit;
  }

  @Override
  public void preconnect(Session session, Backend next) throws IOException {
    if (clients.count() >= limit) {
      throw tooMany();
    }
    next.preconnect(session);
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    Session session = request.session();
    if (!clients.enter(session, limit)) {
      throw tooMany();
    }
    try {
      return BlockDevices.onClose(next.open(request), () -> clients.leave(session));
    } catch (IOException | RuntimeException | Error e) {
      clients.leave(session);
      throw e;
    }
  }

  private NbdException tooMany() {
    return new NbdException(
        NbdError.EPERM, "limit=" + limit + " clients are connected already; try again later");
  }
}
