package org.nbdcore.tools.vsphere;

import java.io.PrintStream;
import org.nbdcore.spi.Log;

/** Prints warnings and errors of the libraries below to standard error. */
final class StandardErrorLog implements Log.Handler {

  private final PrintStream err;

  StandardErrorLog(PrintStream err) {
    this.err = err;
  }

  @Override
  public boolean enabled(Log.Level level) {
    return level == Log.Level.WARN || level == Log.Level.ERROR;
  }

  @Override
  public void log(Log.Level level, String name, String message, Throwable failure) {
    if (enabled(level)) {
      err.println("nbd-vsphere: " + message);
      err.flush();
    }
  }
}
