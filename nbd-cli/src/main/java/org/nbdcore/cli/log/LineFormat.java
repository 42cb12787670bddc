package org.nbdcore.cli.log;

import org.nbdcore.spi.Log;

/** Formats a message as one line of the log. */
interface LineFormat {

  /** The name under which the server itself logs: it is no layer. */
  String SERVER = "";

  /**
   * Returns the line, without the program's name and without a line feed.
   *
   * @param name of the layer that logs
   * @param failure null if there is none
   */
  String line(Log.Level level, String name, String message, Throwable failure);
}
