package org.nbdcore.spi;

import org.jspecify.annotations.Nullable;

/** Messages of a plugin that runs without the server, in its own tests for example. */
final class SystemLogBackend implements Log.Backend {

  @Override
  public boolean enabled(Log.Level level) {
    return System.getLogger("org.nbdcore").isLoggable(level(level));
  }

  @Override
  public void log(Log.Level level, String name, String message, @Nullable Throwable failure) {
    System.getLogger("org.nbdcore").log(level(level), name + ": " + message, failure);
  }

  private static System.Logger.Level level(Log.Level level) {
    return switch (level) {
      case DEBUG -> System.Logger.Level.DEBUG;
      case INFO -> System.Logger.Level.INFO;
      case WARN -> System.Logger.Level.WARNING;
      case ERROR -> System.Logger.Level.ERROR;
    };
  }
}
