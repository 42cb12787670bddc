package org.nbdcore.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.nbdcore.chain.Trace;
import org.nbdcore.cli.config.DebugSetting;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Log;

/**
 * Reads {@code -D NAME.FLAG=N}, and keeps those of the server. An unknown flag is a warning, not an
 * error.
 */
final class DebugFlags {

  private boolean controlPath = true;
  private boolean dataPath = true;
  private boolean environment;
  private int tlsLog;
  private boolean tlsSession;
  private Optional<Duration> slow = Optional.empty();

  private DebugFlags() {}

  /**
   * Parses a flag.
   *
   * @throws ConfigException if it is not NAME.FLAG=N
   */
  static DebugSetting parse(String text) throws ConfigException {
    int dot = text.indexOf('.');
    int equals = text.lastIndexOf('=');
    if (dot > 0 && equals > dot + 1) {
      try {
        int value = Integer.parseInt(text.substring(equals + 1));
        return new DebugSetting(text.substring(0, dot), text.substring(dot + 1, equals), value);
      } catch (NumberFormatException e) {
        // reported below
      }
    }
    throw new ConfigException("-D must be NAME.FLAG=N, not '" + text + "'");
  }

  /** True if the flag belongs to the server. */
  private static boolean ofServer(DebugSetting setting) {
    return setting.layer().equals("nbdkit") || setting.layer().equals("nbd-core");
  }

  /** The flags of a command line that are for plugins and filters. */
  static List<DebugSetting> ofLayers(CommandLine line) throws ConfigException {
    List<DebugSetting> settings = new ArrayList<>();
    for (String text : line.all(CommandLineOption.DEBUG)) {
      DebugSetting setting = parse(text);
      if (!ofServer(setting)) {
        settings.add(setting);
      }
    }
    return settings;
  }

  /** The server's flags of a command line. If a flag is repeated, the last value applies. */
  static DebugFlags ofServer(CommandLine line, Consumer<String> warnings) throws ConfigException {
    DebugFlags flags = new DebugFlags();
    for (String text : line.all(CommandLineOption.DEBUG)) {
      DebugSetting setting = parse(text);
      if (ofServer(setting) && !flags.set(setting)) {
        warnings.accept(
            "the debug flag " + setting.layer() + "." + setting.flag() + " is unknown, so unused");
      }
    }
    return flags;
  }

  private boolean set(DebugSetting setting) {
    boolean on = setting.value() != 0;
    switch (setting.flag()) {
      case "backend.controlpath" -> controlPath = on;
      case "backend.datapath" -> dataPath = on;
      case "environ" -> environment = on;
      case "tls.log" -> tlsLog = setting.value();
      case "tls.session" -> tlsSession = on;
      case "slow" -> slow = Optional.of(Duration.ofMillis(Math.max(0, setting.value())));
      default -> {
        return false;
      }
    }
    return true;
  }

  /** The debug messages of the chain about its calls. */
  Trace trace() {
    return Trace.NONE.withControl(controlPath).withData(dataPath);
  }

  /** Logs the environment variables, if requested. */
  void environment(Log log, Map<String, String> variables) {
    if (environment && log.debugEnabled()) {
      new TreeMap<>(variables).forEach((name, value) -> log.debug(name + "=" + value));
    }
  }

  /** The time after which a request is reported as slow; empty to report none. */
  Optional<Duration> slow() {
    return slow;
  }

  /** True if the server logs a description of each TLS session. */
  boolean tlsSession() {
    return tlsSession;
  }

  /**
   * Enables the JDK's TLS messages on standard error. It uses only levels of the JDK that show no
   * payload. Call this before TLS is first used.
   */
  void tlsLog() {
    if (tlsLog > 0 && System.getProperty("javax.net.debug") == null) {
      System.setProperty("javax.net.debug", "ssl:handshake");
    }
  }
}
