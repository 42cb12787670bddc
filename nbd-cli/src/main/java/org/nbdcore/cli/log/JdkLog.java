package org.nbdcore.cli.log;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;
import org.nbdcore.spi.Log;

/**
 * Redirects {@code java.util.logging}, which libraries of plugins use, to the server's log. The JDK
 * creates this object when a library first logs a message.
 */
public final class JdkLog {

  private static final String KEY = "java.util.logging.config.class";
  private static final Log LOG = Log.of(LineFormat.SERVER);

  /** Called by the JDK. Replaces its configuration of logging. */
  public JdkLog() throws IOException {
    String configuration = "handlers=" + ToServer.class.getName() + "\n.level=INFO\n";
    LogManager.getLogManager()
        .readConfiguration(
            new ByteArrayInputStream(configuration.getBytes(StandardCharsets.ISO_8859_1)));
  }

  /** Has the JDK do so, unless the user has chosen a configuration. */
  static void install() {
    if (System.getProperty(KEY) == null
        && System.getProperty("java.util.logging.config.file") == null) {
      System.setProperty(KEY, JdkLog.class.getName());
    }
  }

  /** Passes messages on to {@link Log}. Public, because the JDK creates it. */
  public static final class ToServer extends Handler {

    private final SimpleFormatter formatter = new SimpleFormatter();

    @Override
    public void publish(LogRecord message) {
      if (!isLoggable(message)) {
        return;
      }
      String source = message.getLoggerName();
      String text = formatter.formatMessage(message);
      String line = source == null || source.isEmpty() ? text : source + ": " + text;
      Throwable failure = message.getThrown();
      String whole = failure == null ? line : line + ": " + failure;
      int level = message.getLevel().intValue();
      if (level >= Level.SEVERE.intValue()) {
        LOG.error(whole, failure);
      } else if (level >= Level.WARNING.intValue()) {
        LOG.warn(whole);
      } else {
        LOG.info(whole);
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
