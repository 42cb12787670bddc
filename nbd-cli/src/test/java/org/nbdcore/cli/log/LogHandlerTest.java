package org.nbdcore.cli.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.log.ConnectionContext;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Log;

class LogHandlerTest {

  @TempDir Path folder;

  @AutoClose private final CapturedErr err = new CapturedErr();

  @Test
  void linesHaveTheFormatOfNbdkit() throws IOException {
    try (LogHandler log = LogHandler.install("nbdkit", "vddk", LogDestination.STDERR, true)) {
      Log.of("vddk").debug("VMware VixDiskLib");
      ConnectionContext.set(new Connection(1));
      Log.of("vddk").debug("DISKLIB-LINK  : Opened");
      Log.of("blocksize").warn("hm");
      Log.of("").error("it failed");
      ConnectionContext.clear();
      Log.of("").error("it failed");
      assertThat(log.enabled(Log.Level.DEBUG)).isTrue();
    }
    assertThat(err.text())
        .isEqualTo(
            "nbdkit: debug: VMware VixDiskLib\n"
                + "nbdkit: vddk[1]: debug: DISKLIB-LINK  : Opened\n"
                + "nbdkit: blocksize[1]: warning: hm\n"
                + "nbdkit: vddk[1]: error: it failed\n"
                + "nbdkit: error: it failed\n");
  }

  @Test
  void debugMessagesAndStackTracesAreShownOnlyIfVerbose() throws IOException {
    Exception failure = new IllegalStateException("deep down");
    try (LogHandler log = LogHandler.install("p", "x", LogDestination.STDERR, false)) {
      Log.of("x").debug("hidden");
      Log.of("x").info("hidden");
      Log.of("x").error("shown", failure);
      assertThat(log.enabled(Log.Level.DEBUG)).isFalse();
    }
    assertThat(err.text()).isEqualTo("p: error: shown\n");
    try (LogHandler log = LogHandler.install("p", "x", LogDestination.STDERR, true)) {
      Log.of("x").error("again", failure);
      assertThat(log.enabled(Log.Level.DEBUG)).isTrue();
    }
    assertThat(err.text())
        .contains("p: error: again\np: debug: java.lang.IllegalStateException: deep");
  }

  @Test
  void longMessagesAreTruncated() throws IOException {
    try (LogHandler log = LogHandler.install("p", "x", LogDestination.STDERR, false)) {
      log.log(Log.Level.ERROR, "", "\u001b".repeat(4096), null);
    }
    assertThat(err.text()).hasSizeBetween(4096, 4200).endsWith(" characters more)\n");
  }

  @Test
  void lineBreaksInMessagesAreEscaped() throws IOException {
    try (LogHandler log = LogHandler.install("p", "x", LogDestination.STDERR, false)) {
      log.log(Log.Level.ERROR, "x", "export 'a\np: error: b\u001b[2J\u0000'", null);
    }
    assertThat(err.text()).isEqualTo("p: error: export 'a\\np: error: b\\x1b[2J\\x00'\n");
  }

  @Test
  void controlCharactersAreEscapedAsInC() throws IOException {
    try (LogHandler log = LogHandler.install("p", "x", LogDestination.STDERR, false)) {
      log.log(Log.Level.ERROR, "", "\u0007\b\t\n\u000b\f\r\u001b", null);
    }
    assertThat(err.text()).isEqualTo("p: error: \\a\\b\\t\\n\\v\\f\\r\\x1b\n");
  }

  @Test
  void errorsAreAppendedToAFileAndDebugMessagesStayOnStandardError() throws Exception {
    Path file = folder.resolve("log");
    Files.writeString(file, "before\n");
    LogDestination destination = LogDestination.parse(file.toString(), false);
    try (LogHandler log = LogHandler.install("p", "x", destination, true)) {
      Log.of("x").debug("chatter");
      Log.of("x").error("trouble");
      assertThat(Files.readString(file)).isEqualTo("before\np: error: trouble\n");
      log.redirect(LogDestination.STDERR);
      Log.of("x").error("later");
    }
    assertThat(Files.readString(file)).isEqualTo("before\np: error: trouble\n");
    assertThat(err.text()).isEqualTo("p: debug: chatter\np: error: later\n");
  }

  @Test
  void withLogNullOnlyDebugMessagesAreShown() throws Exception {
    LogDestination nowhere = LogDestination.parse("null", false);
    try (LogHandler log = LogHandler.install("p", "x", nowhere, true)) {
      log.log(Log.Level.ERROR, "x", "trouble", null);
      log.log(Log.Level.DEBUG, "x", "chatter", null);
    }
    assertThat(err.text()).isEqualTo("p: debug: chatter\n");
  }

  @Test
  void shutdownHooksCanLogAfterClose() throws IOException {
    LogHandler log = LogHandler.install("p", "x", LogDestination.STDERR, false);
    Log.of("x").error("first");
    log.close();
    Log.of("x").error("from a hook");
    assertThat(err.text()).isEqualTo("p: error: first\np: error: from a hook\n");
  }

  @Test
  void aBoundTaskLogsForTheConnectionOfTheThreadThatBoundIt() throws Exception {
    LogHandler log = LogHandler.install("p", "x", LogDestination.STDERR, false);
    ConnectionContext.set(new Connection(7));
    Runnable bound = Log.wrap(() -> Log.of("x").error("opened"));
    ConnectionContext.clear();
    Thread other =
        new Thread(
            () -> {
              bound.run();
              Log.of("x").error("on its own");
            });
    other.start();
    other.join();
    log.close();
    assertThat(err.text()).isEqualTo("p: x[7]: error: opened\np: error: on its own\n");
  }

  @Test
  void installFailsIfTheLogFileCannotBeWritten() throws ConfigException {
    LogDestination destination =
        LogDestination.parse(folder.resolve("missing/log").toString(), false);
    assertThatThrownBy(() -> LogHandler.install("p", "x", destination, false))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("missing/log");
  }

  @Test
  void theDefaultDestinationInTheBackgroundIsSyslog() throws ConfigException {
    assertThat(LogDestination.parse("default", true)).isEqualTo(LogDestination.SYSLOG);
    assertThat(LogDestination.parse("default", false)).isEqualTo(LogDestination.STDERR);
    assertThatThrownBy(() -> LogDestination.parse("log.txt", false))
        .hasMessage(
            "--log must be stderr, syslog, null, default or an absolute path, not 'log.txt'");
  }

  @Test
  void messagesOfTheJdksLoggersHaveTheSameFormat() throws IOException {
    try (LogHandler log = LogHandler.install("nbd-core", "vddk", LogDestination.STDERR, true)) {
      JdkLog.ToServer handler = new JdkLog.ToServer();
      LogRecord message = new LogRecord(Level.WARNING, "pool {0} is full\nreally");
      message.setLoggerName("com.example.Pool");
      message.setParameters(new Object[] {"a"});
      handler.publish(message);
      ConnectionContext.set(new Connection(3));
      message.setLevel(Level.FINE);
      message.setThrown(new IllegalStateException("why"));
      handler.publish(message);
      assertThat(log.enabled(Log.Level.INFO)).isTrue();
    }
    assertThat(err.text())
        .isEqualTo(
            "nbd-core: warning: com.example.Pool: pool a is full\\nreally\n"
                + "nbd-core: vddk[3]: debug: com.example.Pool: pool a is full\\nreally:"
                + " java.lang.IllegalStateException: why\n");
  }

  @Test
  void theJdksLoggersAreSetUpUnlessTheUserHasDoneSo() throws IOException {
    String key = "java.util.logging.config.class";
    String before = System.getProperty(key);
    try {
      System.clearProperty(key);
      JdkLog.install();
      assertThat(System.getProperty(key)).isEqualTo("org.nbdcore.cli.log.JdkLog");
      System.setProperty(key, "com.example.Theirs");
      JdkLog.install();
      assertThat(System.getProperty(key)).isEqualTo("com.example.Theirs");
    } finally {
      if (before == null) {
        System.clearProperty(key);
      } else {
        System.setProperty(key, before);
      }
    }
  }

  private record Connection(long number) implements ConnectionContext.Label {
    @Override
    public String exportName() {
      return null;
    }
  }
}
