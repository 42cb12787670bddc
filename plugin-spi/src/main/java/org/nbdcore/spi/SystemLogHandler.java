package org.nbdcore.spi;

import org.jspecify.annotations.Nullable;

/** Passes messages to the {@link System.Logger} {@code org.nbdcore} of an embedding program. */
final class SystemLogHandler implements Log.Handler {

  @Override
  public boolean enabled(Log.Level level) {
    return System.getLogger("org.nbdcore").isLoggable(level(level));
  }

  @Override
  public void log(Log.Level level, String name, String message, @Nullable Throwable failure) {
    String text = name.isEmpty() ? message : name + ": " + message; // the server has no name
    System.getLogger("org.nbdcore").log(level(level), text, failure);
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
