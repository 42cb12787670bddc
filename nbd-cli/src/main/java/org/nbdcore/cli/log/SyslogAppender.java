package org.nbdcore.cli.log;

import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.appender.ConsoleAppender;
import org.apache.logging.log4j.core.config.Property;
import org.nbdcore.system.Syslog;

/** Sends messages to syslog(3), because Log4j's own appender supports only the network. */
final class SyslogAppender extends AbstractAppender {

  private final Syslog syslog;

  private SyslogAppender(Syslog syslog, Log4jSink.Lines layout) {
    super("syslog", null, layout, true, Property.EMPTY_ARRAY);
    this.syslog = syslog;
  }

  /** The system log, or standard error if it is not available. */
  static Appender create(String program, Log4jSink.Lines layout) {
    try {
      return new SyslogAppender(new Syslog(program), layout);
    } catch (LinkageError e) {
      return ConsoleAppender.createDefaultAppenderForLayout(layout);
    }
  }

  @Override
  public void append(LogEvent event) {
    syslog.write(
        Journal.severity(Log4jSink.Lines.level(event)), event.getMessage().getFormattedMessage());
  }
}
