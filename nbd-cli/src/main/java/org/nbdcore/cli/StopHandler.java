package org.nbdcore.cli;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.nbdcore.server.NbdServer;
import org.nbdcore.server.ServerOptions;
import org.nbdcore.spi.Log;

/**
 * Handles a signal at every stage of the program. Before the server runs, the program ends as soon
 * as possible.
 */
final class StopHandler implements Runnable {

  private static final Log LOG = Log.of("");

  private final RunCommand captive;
  private final Runnable leave;
  private Duration stopTimeout =
      ServerOptions.defaults(List.of()).stopTimeout(); // until the options are known
  private NbdServer server;
  private boolean over; // the run has ended
  private boolean requested;

  /**
   * @param leave ends the process at once
   */
  StopHandler(RunCommand captive, Runnable leave) {
    this.captive = captive;
    this.leave = leave;
  }

  /** Time limit for the rest of the start after a signal. */
  synchronized void stopTimeout(Duration timeout) {
    stopTimeout = timeout;
  }

  @Override
  public synchronized void run() {
    if (requested && server == null) {
      leave.run(); // a second signal, while a plugin hangs in its start
      return;
    }
    requested = true;
    SystemdNotifier.stopping();
    captive.stop();
    if (server != null) {
      server.stop();
    } else if (!over) {
      OptionalThread.start("nbd-stop-timeout", this::leaveUnlessStarted);
    }
  }

  /**
   * Ends the process during the start, because the start of a plugin may take long, for example for
   * a download.
   */
  private synchronized void leaveUnlessStarted() {
    long end = System.nanoTime() + stopTimeout.toNanos();
    try {
      for (long left = stopTimeout.toNanos();
          server == null && !over && left > 0;
          left = end - System.nanoTime()) {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
    } catch (InterruptedException e) {
      return; // does not happen
    }
    if (server == null && !over) {
      LOG.error("a stop was requested, and the start still hangs; the program ends");
      leave.run();
    }
  }

  /** Records the server. From now on, a signal stops it. */
  synchronized void serverRuns(NbdServer running) {
    server = running;
    notifyAll();
    if (requested) {
      running.stop();
    }
  }

  /**
   * Records that the run has ended, also if the server never started. An embedding program
   * continues.
   */
  synchronized void runEnds() {
    over = true;
    notifyAll();
  }
}
