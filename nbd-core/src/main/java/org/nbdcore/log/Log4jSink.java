package org.nbdcore.log;

import java.nio.charset.StandardCharsets;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.ConsoleAppender;
import org.apache.logging.log4j.core.appender.FileAppender;
import org.apache.logging.log4j.core.appender.NullAppender;
import org.apache.logging.log4j.core.config.AbstractConfiguration;
import org.apache.logging.log4j.core.config.ConfigurationSource;
import org.apache.logging.log4j.core.layout.AbstractStringLayout;

/** Everything that knows Log4j: two loggers, configured in code, without a search for files. */
final class Log4jSink implements AutoCloseable {

  private static final String DEBUG = "debug";

  private final LoggerContext context;
  private final Logger debug;
  private final Logger main;

  private Log4jSink(LoggerContext context) {
    this.context = context;
    this.debug = context.getLogger(DEBUG);
    this.main = context.getLogger("main");
  }

  static Log4jSink open(String program, LogDestination destination) {
    LoggerContext context = new LoggerContext("nbd-core");
    context.start(new Configuration(context, program, destination));
    return new Log4jSink(context);
  }

  /** Writes a line: a debug message to standard error, any other to the destination. */
  void write(boolean isDebug, String line) {
    (isDebug ? debug : main).log(isDebug ? Level.DEBUG : Level.ERROR, line);
  }

  @Override
  public void close() {
    context.stop();
  }

  /** Appenders and loggers for one destination. */
  private static final class Configuration extends AbstractConfiguration {

    private final String program;
    private final LogDestination destination;

    Configuration(LoggerContext context, String program, LogDestination destination) {
      super(context, ConfigurationSource.NULL_SOURCE);
      this.program = program;
      this.destination = destination;
      isShutdownHookEnabled = false; // the command line closes the log, after all else
    }

    @Override
    protected void doConfigure() {
      Appender stderr =
          ConsoleAppender.newBuilder()
              .setName("stderr")
              .setTarget(ConsoleAppender.Target.SYSTEM_ERR)
              .setFollow(true)
              .setLayout(new Lines(program))
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
        case SYSLOG -> SyslogAppender.create(program, new Lines(null));
        case FILE ->
            FileAppender.newBuilder()
                .setName("file")
                .setFileName(destination.file().toString())
                .setAppend(true)
                .setLayout(new Lines(program))
                .setConfiguration(this)
                .build();
        default -> NullAppender.createAppender("null");
      };
    }
  }

  /** The message as it is, after the program's name. */
  static final class Lines extends AbstractStringLayout {

    private final String prefix;

    Lines(String program) {
      super(StandardCharsets.UTF_8);
      prefix = program == null ? "" : program + ": ";
    }

    @Override
    public String toSerializable(LogEvent event) {
      return prefix + event.getMessage().getFormattedMessage() + '\n';
    }
  }
}
