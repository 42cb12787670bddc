package org.nbdcore.plugin.vddk;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.nbdcore.spi.Log;

/** Collects what is logged, as {@code LEVEL message}. */
final class LogLines implements Log.Backend {

  private final List<String> lines = new CopyOnWriteArrayList<>();

  /** Collects from now on. */
  static LogLines install() {
    LogLines lines = new LogLines();
    Log.install(lines);
    return lines;
  }

  @Override
  public boolean enabled(Log.Level level) {
    return true;
  }

  @Override
  public void log(Log.Level level, String name, String message, Throwable failure) {
    lines.add(level + " " + message);
  }

  List<String> lines() {
    return lines;
  }
}
