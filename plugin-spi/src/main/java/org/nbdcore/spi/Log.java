package org.nbdcore.spi;

import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A logger for plugins and filters. Nothing secret and no payload belongs into a log. A failure
 * that is thrown is not logged as well: it is logged once, where it becomes a reply.
 *
 * <p>The server prefixes each line with the plugin's or filter's name and, on a connection's
 * thread, the connection's number.
 */
public final class Log {

  /** How much a message matters. */
  public enum Level {
    /** Shown under {@code -v} only. */
    DEBUG,
    /** Worth knowing in normal operation; shown under {@code -v}. */
    INFO,
    /** Something is wrong that does not stop the work. */
    WARN,
    /** Something failed. */
    ERROR
  }

  /** The log of the server. */
  public interface Handler {
    /** Whether a message of that level would be shown. Called often; must be cheap. */
    boolean enabled(Level level);

    /** Shows a message. {@code failure} may be null. */
    void log(Level level, String name, String message, @Nullable Throwable failure);

    /** See {@link Log#bound}. */
    default Runnable bound(Runnable task) {
      return task;
    }
  }

  private static volatile Handler handler = new SystemLogHandler();

  private final String name;

  private Log(String name) {
    this.name = name;
  }

  /** The logger of a plugin or filter, or of a part of the server. */
  public static Log of(String name) {
    return new Log(Objects.requireNonNull(name));
  }

  /** Sends all messages elsewhere; the server calls this once. Without it they go to the JDK's. */
  public static void install(Handler newHandler) {
    handler = Objects.requireNonNull(newHandler);
  }

  /**
   * A task for another thread, whose log lines carry the connection that the calling thread works
   * for. The task may run once, on any thread.
   */
  public static Runnable bound(Runnable task) {
    return handler.bound(task);
  }

  /** Whether {@link #debug} shows anything. */
  public boolean debugEnabled() {
    return handler.enabled(Level.DEBUG);
  }

  /** Logs at {@link Level#DEBUG}. */
  public void debug(String message) {
    log(Level.DEBUG, message, null);
  }

  /** Logs at {@link Level#DEBUG} a message that is made only if it is shown. */
  public void debug(Supplier<String> message) {
    if (debugEnabled()) {
      log(Level.DEBUG, message.get(), null);
    }
  }

  /** Logs at {@link Level#INFO}. */
  public void info(String message) {
    log(Level.INFO, message, null);
  }

  /** Logs at {@link Level#WARN}. */
  public void warn(String message) {
    log(Level.WARN, message, null);
  }

  /** Logs at {@link Level#ERROR}. */
  public void error(String message) {
    log(Level.ERROR, message, null);
  }

  /** Logs a failure that is not reported elsewhere; {@code -v} also shows its stack trace. */
  public void error(String message, Throwable failure) {
    log(Level.ERROR, message, failure);
  }

  private void log(Level level, String message, @Nullable Throwable failure) {
    Handler current = handler;
    if (current.enabled(level)) {
      current.log(level, name, message, failure);
    }
  }
}
