package org.nbdcore.cli;

import org.nbdcore.chain.Trace;
import org.nbdcore.server.NbdServer;
import org.nbdcore.server.ServerBuilder;
import org.nbdcore.spi.ConfigException;

/** The content of a server: the disk of a command line, or the exports of a configuration file. */
interface ServerContent {

  /** The name in messages about a connection: the plugin's name, or empty for the export's name. */
  String label();

  /**
   * Creates the chains and passes them to the server.
   *
   * @throws ConfigException if a chain cannot be created; all chains are then closed
   */
  void addTo(ServerBuilder builder, Trace trace) throws ConfigException;

  /** Called when the server is running. */
  default void serverRuns(NbdServer server) {}

  /**
   * The reaction to SIGHUP.
   *
   * @param stop ends the server
   */
  default Runnable hangUp(Runnable stop) {
    return stop;
  }
}
