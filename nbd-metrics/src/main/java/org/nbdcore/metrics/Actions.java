package org.nbdcore.metrics;

import java.util.Optional;
import org.nbdcore.server.NbdServer;
import org.nbdcore.server.ServerConnection;
import org.nbdcore.spi.Log;

/** The actions of the status page on the server. */
final class Actions {

  private static final Log LOG = Log.of("");

  private final ServerMetrics metrics;

  Actions(ServerMetrics metrics) {
    this.metrics = metrics;
  }

  /**
   * Disconnects a client.
   *
   * @param number of the connection, in decimal
   * @return false if there is no such connection
   */
  boolean disconnect(String number) {
    for (ConnectionMetrics open : metrics.connections()) {
      ServerConnection connection = open.connection;
      if (Long.toString(connection.number()).equals(number)) {
        connection.disconnect("an administrator disconnected the client from the status page");
        return true;
      }
    }
    return false;
  }

  /**
   * Drains the server.
   *
   * @return false if it has not started yet
   */
  boolean drain() {
    Optional<NbdServer> server = metrics.server();
    if (server.isEmpty() || server.get().state() == NbdServer.State.STARTING) {
      return false;
    }
    LOG.info("an administrator drains the server from the status page");
    server.get().drain();
    return true;
  }
}
