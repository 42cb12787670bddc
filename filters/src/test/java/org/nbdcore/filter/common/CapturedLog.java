package org.nbdcore.filter.common;

import java.util.ArrayList;
import java.util.List;
import org.nbdcore.spi.Log;

/** Keeps what is logged, until it is closed. Tests that use it must not run at the same time. */
public final class CapturedLog implements AutoCloseable, Log.Backend {

  private final List<String> lines = new ArrayList<>();

  public CapturedLog() {
    Log.install(this);
  }

  @Override
  public boolean enabled(Log.Level level) {
    return true;
  }

  @Override
  public synchronized void log(Log.Level level, String name, String message, Throwable failure) {
    lines.add(name + ": " + message);
  }

  public synchronized List<String> lines() {
    return List.copyOf(lines);
  }

  @Override
  public void close() {
    Log.install(
        new Log.Backend() {
          @Override
          public boolean enabled(Log.Level level) {
            return false;
          }

          @Override
          public void log(Log.Level level, String name, String message, Throwable failure) {}
        });
  }
}
