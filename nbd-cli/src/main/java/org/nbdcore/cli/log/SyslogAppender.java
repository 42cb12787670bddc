package org.nbdcore.cli.log;

import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.appender.ConsoleAppender;
import org.apache.logging.log4j.core.config.Property;

/**
 * Sends messages to syslog(3). Log4j's own appender speaks to the network only, and Java has no
 * datagram sockets for {@code /dev/log}.
 */
final class SyslogAppender extends AbstractAppender {

  /** The two functions of the C library. */
  interface LibC extends Library {
    void openlog(Pointer ident, int option, int facility);

    void syslog(int priority, String format, Object... arguments);
  }

  private static final int LOG_PID = 1;
  private static final int LOG_DAEMON = 3 << 3;
  private static final int LOG_ERR = 3;

  private final LibC libc;

  /** The C library keeps the address, so the memory has to live as long as this. */
  private final Memory ident;

  private SyslogAppender(LibC libc, String program, Log4jSink.Lines layout) {
    super("syslog", null, layout, true, Property.EMPTY_ARRAY);
    byte[] name = program.getBytes(StandardCharsets.UTF_8);
    this.libc = libc;
    this.ident = new Memory(name.length + 1L);
    ident.clear();
    ident.write(0, name, 0, name.length);
    libc.openlog(ident, LOG_PID, LOG_DAEMON);
  }

  /** The system's log, or standard error where it cannot be reached. */
  static Appender create(String program, Log4jSink.Lines layout) {
    try {
      return new SyslogAppender(Native.load("c", LibC.class), program, layout);
    } catch (LinkageError e) {
      return ConsoleAppender.createDefaultAppenderForLayout(layout);
    }
  }

  @Override
  public void append(LogEvent event) {
    libc.syslog(LOG_ERR, "%s", event.getMessage().getFormattedMessage());
  }
}
