package org.nbdcore.cli.log;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.function.BiConsumer;
import org.nbdcore.log.ConnectionContext;
import org.nbdcore.log.ExceptionText;
import org.nbdcore.spi.Log;

/**
 * The server's side of {@link Log}: decides what is shown, and loads Log4j when the first message
 * passes. One a process; safe for use by any thread.
 */
public final class LogBackend implements Log.Backend, AutoCloseable {

  private final String program;
  private final LineFormat format;
  private final boolean verbose;
  private LogDestination destination;
  private Log4jSink sink;
  private BiConsumer<Log.Level, String> observer = (level, line) -> {};

  private LogBackend(String program, String plugin, LogDestination destination, boolean verbose) {
    this.program = program;
    this.format = new LineFormat(plugin);
    this.destination = destination;
    this.verbose = verbose;
  }

  /**
   * Sends the messages of the whole program through a new log.
   *
   * @param program the name under which it was started, which begins each line
   * @param plugin the plugin's name, under which the server's own messages about a connection stand
   * @param verbose whether debug messages are shown
   * @throws IOException if the file to log to cannot be written
   */
  public static LogBackend install(
      String program, String plugin, LogDestination destination, boolean verbose)
      throws IOException {
    if (destination.kind() == LogDestination.Kind.FILE) {
      // Log4j opens the file much later, when a failure would go unnoticed.
      try {
        Files.newByteChannel(
                destination.file(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)
            .close();
      } catch (IOException e) {
        throw new IOException("--log: cannot write to " + ExceptionText.of(e), e);
      }
    }
    LogBackend log = new LogBackend(program, plugin, destination, verbose);
    Log.install(log);
    JdkLog.install();
    return log;
  }

  /** Sends later warnings and errors elsewhere, as the terminal is left. */
  public synchronized void redirect(LogDestination newDestination) {
    if (newDestination != destination) {
      destination = newDestination;
      stop();
    }
  }

  /** Also gives each line that is shown to {@code newObserver}, which must not log. */
  public synchronized void observe(BiConsumer<Log.Level, String> newObserver) {
    observer = newObserver;
  }

  @Override
  public boolean enabled(Log.Level level) {
    return verbose || level.compareTo(Log.Level.WARN) >= 0;
  }

  @Override
  public synchronized void log(Log.Level level, String name, String message, Throwable failure) {
    if (sink == null) {
      sink = Log4jSink.open(program, destination);
    }
    boolean debug = level.compareTo(Log.Level.WARN) < 0;
    String shown = format.line(level, name, String.valueOf(message));
    sink.write(debug, shown);
    observer.accept(level, shown);
    if (failure != null && verbose) {
      StringWriter trace = new StringWriter();
      failure.printStackTrace(new PrintWriter(trace, true));
      trace.toString().lines().forEach(line -> sink.write(true, "debug: " + line));
    }
  }

  private void stop() {
    if (sink != null) {
      sink.close();
      sink = null;
    }
  }

  @Override
  public Runnable bound(Runnable task) {
    return ConnectionContext.bound(task);
  }

  /** Stops Log4j. A later message, as of a plugin's shutdown hook, starts it again. */
  @Override
  public synchronized void close() {
    stop();
  }
}
