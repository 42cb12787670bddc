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

/** Everything that knows Log4j: two loggers, configured in code, without a search for files. */
final class Log4jSink implements AutoCloseable {

  private static final String DEBUG = "debug";

  private final LoggerContext context;
  private final StatusListener statusListener;
  private final Logger debug;
  private final Logger main;

  private Log4jSink(LoggerContext context, StatusListener statusListener) {
    this.context = context;
    this.statusListener = statusListener;
    this.debug = context.getLogger(DEBUG);
    this.main = context.getLogger("main");
  }

  static Log4jSink open(LineShape shape, LogDestination destination) {
    LoggerContext context = new LoggerContext("nbd-core");
    StatusListener statusListener = new StatusPrinter(shape);
    StatusLogger.getLogger().registerListener(statusListener);
    context.start(new Configuration(context, shape, destination));
    return new Log4jSink(context, statusListener);
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
    StatusLogger.getLogger().removeListener(statusListener);
  }

  /** Appenders and loggers for one destination. */
  private static final class Configuration extends AbstractConfiguration {

    private final LineShape shape;
    private final LogDestination destination;

    Configuration(LoggerContext context, LineShape shape, LogDestination destination) {
      super(context, ConfigurationSource.NULL_SOURCE);
      this.shape = shape;
      this.destination = destination;
      isShutdownHookEnabled = false; // the command line closes the log, after all else
      // Else Log4j asks for this machine's name, which may take as long as DNS is silent.
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

    /** Java opens it, as Log4j does not take names of all bytes. */
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
  private record StatusPrinter(LineShape shape) implements StatusListener {

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

  /** Our levels as those of Log4j. */
  private static final class Levels {
    private static final Map<Log.Level, Level> OF = new EnumMap<>(Log.Level.class);

    static {
      for (Log.Level level : Log.Level.values()) {
        OF.put(level, Level.valueOf(level.name()));
      }
    }

    private Levels() {}
  }

  /** The message as it is, after a prefix. */
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
