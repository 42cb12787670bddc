package org.nbdcore.cli;

import java.time.Duration;
import java.util.Optional;
import org.nbdcore.cli.log.LogHandler;
import org.nbdcore.metrics.ProgressLog;
import org.nbdcore.server.ServerBuilder;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.Parameter;

/**
 * The reports of {@code --progress}, and those of {@code -v} each minute. Without both options, it
 * does nothing.
 */
final class Progress implements AutoCloseable {

  private static final Log LOG = Log.of("");
  private static final Duration VERBOSE = Duration.ofMinutes(1);
  private static final Duration MIN_INTERVAL = Duration.ofSeconds(1);

  private final Optional<ProgressLog> reports;

  private Progress(Optional<ProgressLog> reports) {
    this.reports = reports;
  }

  /** Starts to report to a log. */
  static Progress of(ServerSettings settings, LogHandler log) throws ConfigException {
    Optional<String> text = settings.find(CommandLineOption.PROGRESS);
    if (text.isPresent()) {
      Duration interval =
          Parameter.duration(CommandLineOption.PROGRESS.toString(), "").parse(text.get());
      if (interval.compareTo(MIN_INTERVAL) < 0) {
        throw new ConfigException("--progress must be at least 1 second, not " + text.get());
      }
      return new Progress(Optional.of(ProgressLog.start(interval, true, log::report)));
    }
    return new Progress(
        settings.on(CommandLineOption.VERBOSE)
            ? Optional.of(ProgressLog.start(VERBOSE, false, (export, line) -> LOG.info(line)))
            : Optional.empty());
  }

  /** Registers itself as a listener of the server. */
  void addTo(ServerBuilder builder) {
    reports.ifPresent(builder::listener);
  }

  @Override
  public void close() {
    reports.ifPresent(ProgressLog::close);
  }
}
