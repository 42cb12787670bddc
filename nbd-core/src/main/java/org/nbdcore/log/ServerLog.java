package org.nbdcore.log;

import org.nbdcore.spi.Log;

/** The logger of the server itself. */
public final class ServerLog {

  public static final Log LOG = Log.of("");

  private ServerLog() {}
}
