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

  /** How long the start may go on after a signal. */
  synchronized void stopTimeout(Duration timeout) {
    stopTimeout = timeout;
  }

  @Override
  public synchronized void run() {
    if (requested && server == null) {
      leave.run(); // asked twice, while a plugin hangs in its start
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

  /** A plugin may start for as long as a download takes, or as a server that it asks is silent. */
  private synchronized void leaveUnlessStarted() {
    long end = System.nanoTime() + stopTimeout.toNanos();
    try {
      for (long left = stopTimeout.toNanos();
          server == null && !over && left > 0;
          left = end - System.nanoTime()) {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
    } catch (InterruptedException e) {
      return; // nobody interrupts it
    }
    if (server == null && !over) {
      LOG.error("a stop was requested, and the start still hangs; the program ends");
      leave.run();
    }
  }

  /** From now on this is what stops. */
  synchronized void serverRuns(NbdServer running) {
    server = running;
    notifyAll();
    if (requested) {
      running.stop();
    }
  }

  /** The run has ended, also if it never became a server; a program that embeds it goes on. */
  synchronized void runEnds() {
    over = true;
    notifyAll();
  }
}
