package org.nbdcore.filter.exitwhen;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.nbdcore.filter.common.ConnectionCounter;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.Host;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.StartContext;
import org.nbdcore.spi.helpers.BlockDevices;

/**
 * Checks its events when a client connects or disconnects, and at intervals while there is no
 * client. After an event it rejects new clients, and the last client that disconnects stops the
 * server.
 */
final class ExitwhenFilter implements Filter {

  private static final Log LOG = Log.of("exitwhen");

  private final List<ExitCondition> events;
  private final long pollNanos;
  private final ConnectionCounter clients = new ConnectionCounter();
  private final CountDownLatch closed = new CountDownLatch(1);
  private boolean over; // guarded by this
  private Host host = Host.NONE;

  ExitwhenFilter(List<ExitCondition> events, long pollNanos) {
    this.events = List.copyOf(events);
    this.pollNanos = pollNanos;
  }

  @Override
  public void start(Backend next, StartContext context) throws IOException {
    host = context.host();
    if (!events.isEmpty()) {
      Thread watch = new Thread(this::watch, "exitwhen");
      watch.setDaemon(true);
      watch.start();
    }
  }

  private void watch() {
    try {
      do {
        if (clients.count() == 0 && over()) {
          stopIfIdle();
          return;
        }
      } while (!closed.await(pollNanos, TimeUnit.NANOSECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** True if an event has occurred, now or earlier. */
  private synchronized boolean over() {
    for (int i = 0; i < events.size() && !over; i++) {
      if (events.get(i).happened()) {
        over = true;
        LOG.debug("the event has occurred: the server stops when its last client disconnects");
      }
    }
    return over;
  }

  /** A client that connects at this moment is rejected, or stops the server when it disconnects. */
  private void stopIfIdle() {
    if (clients.count() == 0) {
      host.stop();
    }
  }

  @Override
  public void preconnect(Session session, Backend next) throws IOException {
    refuseIfOver();
    next.preconnect(session);
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    Session session = request.session();
    clients.enter(session, Integer.MAX_VALUE);
    try {
      return BlockDevices.onClose(next.open(request), () -> left(session));
    } catch (IOException | RuntimeException e) {
      left(session);
      throw e;
    }
  }

  private void refuseIfOver() throws NbdException {
    if (over()) {
      stopIfIdle();
      throw new NbdException(NbdError.ESHUTDOWN, "the server is about to stop");
    }
  }

  private void left(Session session) {
    if (clients.leave(session) && over()) {
      stopIfIdle();
    }
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
