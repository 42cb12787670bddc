package org.nbdcore.cli;

import org.nbdcore.server.NbdServer;

/**
 * The reaction to a signal at every stage of the program. Before the server runs there is nothing
 * to finish, and the program ends as soon as possible.
 */
final class StopHandler implements Runnable {

  private final RunCommand captive;
  private NbdServer server;
  private boolean requested;

  StopHandler(RunCommand captive) {
    this.captive = captive;
  }

  @Override
  public synchronized void run() {
    if (requested && server == null) {
      Runtime.getRuntime().halt(1); // asked twice, while a plugin hangs in its start
    }
    requested = true;
    SystemdNotifier.stopping();
    captive.stop();
    if (server != null) {
      server.stop();
    }
  }

  /** From now on this is what stops. */
  synchronized void serverRuns(NbdServer running) {
    server = running;
    if (requested) {
      running.stop();
    }
  }
}
