package org.nbdcore.spi;

import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A logger for plugins and filters. Never log secrets or the data of a disk. Do not log a failure
 * that you throw: the server logs it once, when it sends the reply.
 *
 * <p>The server prefixes each line with the plugin's or filter's name and, on a connection's
 * thread, the connection's number.
 */
public final class Log {

  /** The importance of a message. */
  public enum Level {
    /** For debugging; shown only with {@code -v}. */
    DEBUG,
    /** Worth knowing in normal operation; shown only with {@code -v}. */
    INFO,
    /** Something is wrong that does not stop the work. */
    WARN,
    /** Something failed. */
    ERROR
  }

  /** The destination of all messages. */
  public interface Handler {
    /** True if messages of that level are shown. Called often, so it must be fast. */
    boolean enabled(Level level);

    /** Shows a message. {@code failure} may be null. */
    void log(Level level, String name, String message, @Nullable Throwable failure);

    /** See {@link Log#wrap}. */
    default Runnable wrap(Runnable task) {
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

  /**
   * Sets the destination of all messages. Only the server's program calls this, once. By default
   * messages go to the {@link System.Logger} {@code org.nbdcore}.
   */
  public static void install(Handler newHandler) {
    handler = Objects.requireNonNull(newHandler);
  }

  /**
   * Wraps a task for another thread. Its messages carry the number of the connection that the
   * calling thread serves. The task may run once, on any thread.
   */
  public static Runnable wrap(Runnable task) {
    return handler.wrap(task);
  }

  /** Whether {@link #debug} shows anything. */
  public boolean debugEnabled() {
    return handler.enabled(Level.DEBUG);
  }

  /** Logs at {@link Level#DEBUG}. */
  public void debug(String message) {
    log(Level.DEBUG, message, null);
  }

  /** Logs at {@link Level#DEBUG}. Builds the message only if it is shown. */
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

  /**
   * Logs at {@link Level#ERROR} a failure that is not reported elsewhere. {@code -v} also shows its
   * stack trace.
   */
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
