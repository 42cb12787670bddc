package org.nbdcore.server;

import org.nbdcore.spi.Log;

/** The logger of the server itself. */
final class ServerLog {

  static final Log LOG = Log.of("");

  private ServerLog() {}
}
