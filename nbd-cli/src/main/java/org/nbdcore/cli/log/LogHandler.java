package org.nbdcore.cli.log;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.function.BiConsumer;
import org.nbdcore.log.ConnectionContext;
import org.nbdcore.log.ExceptionText;
import org.nbdcore.spi.Log;

/**
 * The server's implementation of {@link Log}: decides which messages to show, and loads Log4j with
 * the first one. There is one for each process. Safe for use by several threads.
 */
public final class LogHandler implements Log.Handler, AutoCloseable {

  private final LineShape shape;
  private final TextLines text;
  private final boolean verbose;
  private LogDestination destination;
  private Log4jSink sink;
  private BiConsumer<Log.Level, String> observer = (level, line) -> {};

  private LogHandler(LineShape shape, String plugin, LogDestination destination, boolean verbose) {
    this.shape = shape;
    this.text = new TextLines(plugin);
    this.destination = destination;
    this.verbose = verbose;
  }

  /**
   * Sends the messages of the whole program through a new log of text.
   *
   * @throws IOException if the file to log to cannot be written
   */
  public static LogHandler install(
      String program, String plugin, LogDestination destination, boolean verbose)
      throws IOException {
    return install(program, plugin, destination, verbose, LogFormat.TEXT, Map.of());
  }

  /**
   * Sends the messages of the whole program through a new log.
   *
   * @param program the name under which it was started, which begins each line
   * @param plugin the plugin's name, under which the server's own messages about a connection stand
   * @param verbose whether debug messages are shown
   * @param environment the process's variables
   * @throws IOException if the file to log to cannot be written
   */
  public static LogHandler install(
      String program,
      String plugin,
      LogDestination destination,
      boolean verbose,
      LogFormat format,
      Map<String, String> environment)
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
    LogHandler log =
        new LogHandler(
            LineShape.of(program, plugin, format, environment), plugin, destination, verbose);
    Log.install(log);
    JdkLog.install();
    return log;
  }

  /**
   * Changes the destination of later warnings and errors, when the server detaches from the
   * terminal.
   */
  public synchronized void redirect(LogDestination newDestination) {
    if (newDestination != destination) {
      destination = newDestination;
      stop();
    }
  }

  /** Also passes each shown message to {@code newObserver}, which must not log. */
  public synchronized void observe(BiConsumer<Log.Level, String> newObserver) {
    observer = newObserver;
  }

  @Override
  public boolean enabled(Log.Level level) {
    return verbose || level.compareTo(Log.Level.WARN) >= 0;
  }

  @Override
  public synchronized void log(Log.Level level, String name, String message, Throwable failure) {
    String said = String.valueOf(message);
    write(
        level.compareTo(Log.Level.WARN) < 0,
        level,
        shape.format().line(level, name, said, failure));
    observer.accept(level, text.line(level, name, said, failure));
    if (failure != null && verbose && shape.format() instanceof TextLines) {
      StringWriter trace = new StringWriter();
      failure.printStackTrace(new PrintWriter(trace, true));
      trace.toString().lines().forEach(line -> write(true, Log.Level.DEBUG, "debug: " + line));
    }
  }

  /**
   * Shows a requested message at the destination of warnings, even without {@code -v}.
   *
   * @param export the export of the message
   */
  public synchronized void report(String export, String message) {
    String line =
        shape.format() instanceof JsonLines json
            ? json.line(Log.Level.INFO, LineFormat.SERVER, export, message, null)
            : text.line("info", LineFormat.SERVER, message);
    write(false, Log.Level.INFO, line);
  }

  /** The caller holds the monitor. */
  private void write(boolean debug, Log.Level level, String line) {
    if (sink == null) {
      sink = Log4jSink.open(shape, destination);
    }
    sink.write(debug, level, line);
  }

  private void stop() {
    if (sink != null) {
      sink.close();
      sink = null;
    }
  }

  @Override
  public Runnable wrap(Runnable task) {
    return ConnectionContext.wrap(task);
  }

  /** Stops Log4j. A later message, as of a plugin's shutdown hook, starts it again. */
  @Override
  public synchronized void close() {
    stop();
  }
}
