package org.nbdcore.cli.log;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.EnumMap;
import java.util.Map;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.ConsoleAppender;
import org.apache.logging.log4j.core.appender.NullAppender;
import org.apache.logging.log4j.core.appender.OutputStreamAppender;
import org.apache.logging.log4j.core.config.AbstractConfiguration;
import org.apache.logging.log4j.core.config.ConfigurationSource;
import org.apache.logging.log4j.core.layout.AbstractStringLayout;
import org.apache.logging.log4j.status.StatusData;
import org.apache.logging.log4j.status.StatusListener;
import org.apache.logging.log4j.status.StatusLogger;
import org.nbdcore.log.ExceptionText;
import org.nbdcore.spi.Log;

/** The only class that uses Log4j. Two loggers, configured in code, without a search for files. */
final class Log4jSink implements AutoCloseable {

  private static final String DEBUG = "debug";

  private final LoggerContext context;
  private final StatusListener statusForwarder;
  private final Logger debug;
  private final Logger main;

  private Log4jSink(LoggerContext context, StatusListener statusForwarder) {
    this.context = context;
    this.statusForwarder = statusForwarder;
    this.debug = context.getLogger(DEBUG);
    this.main = context.getLogger("main");
  }

  static Log4jSink open(LineShape shape, LogDestination destination) {
    LoggerContext context = new LoggerContext("nbd-core");
    StatusForwarder statusForwarder = new StatusForwarder(shape);
    StatusLogger.getLogger().registerListener(statusForwarder);
    context.start(new Configuration(context, shape, destination));
    return new Log4jSink(context, statusForwarder);
  }

  /** Writes a line: a debug message to standard error, any other to the destination. */
  void write(boolean isDebug, Log.Level level, String line) {
    (isDebug ? debug : main).log(Levels.OF.get(level), line);
  }

  /** Log4j's context; for tests. */
  Map<String, String> properties() {
    return context.getConfiguration().getProperties();
  }

  @Override
  public void close() {
    context.stop();
    StatusLogger.getLogger().removeListener(statusForwarder);
  }

  /** Appenders and loggers for one destination. */
  private static final class Configuration extends AbstractConfiguration {

    private final LineShape shape;
    private final LogDestination destination;

    Configuration(LoggerContext context, LineShape shape, LogDestination destination) {
      super(context, ConfigurationSource.NULL_SOURCE);
      this.shape = shape;
      this.destination = destination;
      isShutdownHookEnabled = false; // the command line closes the log last
      // Otherwise Log4j looks up the name of this machine, which may block on DNS.
      this.<Map<String, String>>getComponent(CONTEXT_PROPERTIES).put("hostName", "localhost");
    }

    @Override
    protected void doConfigure() {
      Appender stderr =
          ConsoleAppender.newBuilder()
              .setName("stderr")
              .setTarget(ConsoleAppender.Target.SYSTEM_ERR)
              .setFollow(true)
              .setLayout(new Lines(shape.prefix(), shape.journal()))
              .setConfiguration(this)
              .build();
      Appender main = destination.kind() == LogDestination.Kind.STDERR ? stderr : destination();
      stderr.start();
      main.start();
      addAppender(stderr);
      addAppender(main);
      getRootLogger().setLevel(Level.ALL);
      getRootLogger().addAppender(main, Level.ALL, null);
      var debugLogger =
          new org.apache.logging.log4j.core.config.LoggerConfig(DEBUG, Level.ALL, false);
      debugLogger.addAppender(stderr, Level.ALL, null);
      addLogger(DEBUG, debugLogger);
    }

    private Appender destination() {
      return switch (destination.kind()) {
        case SYSLOG -> SyslogAppender.create(shape.program(), new Lines("", false));
        case FILE -> file();
        default -> NullAppender.createAppender("null");
      };
    }

    /** Opens the log file with Java, because Log4j does not support names that are not UTF-8. */
    private Appender file() {
      try {
        return OutputStreamAppender.newBuilder()
            .setName("file")
            .setTarget(
                Files.newOutputStream(
                    destination.file(), StandardOpenOption.CREATE, StandardOpenOption.APPEND))
            .setLayout(new Lines(shape.prefix(), false))
            .setConfiguration(this)
            .build();
      } catch (IOException e) {
        LOGGER.error("--log: cannot write to " + ExceptionText.of(e));
        return NullAppender.createAppender("null");
      }
    }
  }

  /** Logs a failure inside Log4j in one line, instead of its stack trace. */
  private record StatusForwarder(LineShape shape) implements StatusListener {

    @Override
    public void log(StatusData data) {
      Throwable cause = data.getThrowable();
      String reason = cause == null ? "" : ": " + ExceptionText.of(cause);
      String message = data.getMessage().getFormattedMessage() + reason;
      System.err.println(shape.standardError(Log.Level.ERROR, message, null));
    }

    @Override
    public Level getStatusLevel() {
      return Level.ERROR;
    }

    @Override
    public void close() {}
  }

  /** Converts levels to those of Log4j. */
  private static final class Levels {
    private static final Map<Log.Level, Level> OF = new EnumMap<>(Log.Level.class);

    static {
      for (Log.Level level : Log.Level.values()) {
        OF.put(level, Level.valueOf(level.name()));
      }
    }

    private Levels() {}
  }

  /** A layout that writes the unchanged message after a prefix. */
  static final class Lines extends AbstractStringLayout {

    private final String prefix;
    private final boolean journal;

    Lines(String prefix, boolean journal) {
      super(StandardCharsets.UTF_8);
      this.prefix = prefix;
      this.journal = journal;
    }

    @Override
    public String toSerializable(LogEvent event) {
      String level = journal ? Journal.prefix(level(event)) : "";
      return level + prefix + event.getMessage().getFormattedMessage() + '\n';
    }

    static Log.Level level(LogEvent event) {
      return Log.Level.valueOf(event.getLevel().name());
    }
  }
}
