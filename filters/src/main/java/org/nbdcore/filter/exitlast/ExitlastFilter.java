package org.nbdcore.filter.exitlast;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.nbdcore.filter.common.ConnectionCounter;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.helpers.BlockDevices;

/** Counts the clients that have opened the disk. */
final class ExitlastFilter implements Filter {

  private static final long DAY = TimeUnit.DAYS.toNanos(1);

  private final ConnectionCounter clients = new ConnectionCounter();

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    BlockDevice device = next.open(request);
    Session session = request.session();
    clients.enter(session, Integer.MAX_VALUE);
    return BlockDevices.onClose(device, () -> closed(session));
  }

  private void closed(Session session) {
    if (!clients.leave(session)) {
      return;
    }
    if (session.connected()) {
      Thread waiting = new Thread(() -> awaitEnd(session), "exitlast");
      waiting.setDaemon(true);
      try {
        waiting.start();
      } catch (OutOfMemoryError e) {
        // no thread can be started to wait; stopping too early is better than never stopping
        session.shutdownServer();
      }
    } else {
      session.shutdownServer();
    }
  }

  /** A connected client may have queried one export and be about to open another. */
  private void awaitEnd(Session session) {
    try {
      session.sleep(DAY);
    } catch (IOException e) {
      // the client has disconnected, as expected
    }
    if (clients.count() == 0) {
      session.shutdownServer();
    }
  }
}
