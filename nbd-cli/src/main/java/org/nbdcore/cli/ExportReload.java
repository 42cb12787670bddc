package org.nbdcore.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.nbdcore.cli.config.ConfigErrors;
import org.nbdcore.cli.config.ExportSettings;
import org.nbdcore.cli.config.Settings;
import org.nbdcore.log.ExceptionText;
import org.nbdcore.server.ExportStatus;
import org.nbdcore.server.NbdServer;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Log;

/**
 * Updates the exports of a running server after a change of its configuration file. Creates all
 * chains before it changes anything, so a file with errors has no effect. The monitor guards the
 * fields and is held during a reload. A reload waits for a slow chain only up to the time limit.
 */
final class ExportReload {

  private static final Log LOG = Log.of("");

  /** Reads the file again. */
  interface Source {
    /** Returns the settings of a file without errors. */
    Settings read() throws ConfigException;
  }

  private final ExportBuilder builder;
  private final Source source;
  private final Map<String, List<String>> served = new HashMap<>(); // fingerprints by name
  private Settings settings; // of the server; those that it started with
  private NbdServer server; // null until it runs
  private boolean early; // requested before that
  private final Replacements replacements;

  /**
   * Prepares reloads.
   *
   * @param first the settings with which the server starts
   * @param timeout how long a reload waits for chains to start
   */
  ExportReload(ExportBuilder builder, Settings first, Source source, Duration timeout) {
    replacements = new Replacements(timeout);
    this.builder = builder;
    this.source = source;
    settings = first;
    first.exports().forEach(export -> served.put(export.name(), fingerprint(export)));
  }

  private List<String> fingerprint(ExportSettings export) {
    return export.fingerprint(builder.credentials());
  }

  /** From now on reloads change this server. */
  void serverRuns(NbdServer running) {
    boolean now;
    synchronized (this) {
      server = running;
      now = early;
    }
    if (now) {
      run();
    }
  }

  /** Reloads the file. Returns a summary, or empty if the file has errors, which are logged. */
  synchronized Optional<String> run() {
    if (server == null) {
      early = true;
      return Optional.of("Starting");
    }
    Settings read;
    List<ExportSettings> changed;
    List<ExportBuilder.Built> built;
    try {
      read = source.read();
      changed = changed(read);
      built = build(changed, read.errors());
    } catch (ConfigException | RuntimeException e) {
      messages(e).forEach(LOG::error);
      LOG.error("the configuration is not reloaded; the server continues with the previous one");
      return Optional.empty();
    }
    SecretFile.warning(read.errors().file(), built).ifPresent(LOG::warn);
    warnOfSettings(read);
    Set<String> before = new HashSet<>(served.keySet());
    Set<String> wanted = new HashSet<>();
    read.exports().forEach(export -> wanted.add(export.name()));
    List<String> removed = before.stream().filter(name -> !wanted.contains(name)).toList();
    int failed = replace(changed, built);
    removed.forEach(this::remove);
    long added = changed.stream().filter(export -> !before.contains(export.name())).count();
    return Optional.of(
        "Serving "
            + wanted.size()
            + " exports; reloaded: "
            + added
            + " added, "
            + (changed.size() - added)
            + " replaced, "
            + removed.size()
            + " removed"
            + (failed == 0 ? "" : ", " + failed + " failed"));
  }

  private static List<String> messages(Exception e) {
    List<String> errors = ConfigErrors.messages(e);
    return errors.isEmpty() ? List.of(ExceptionText.of(e)) : errors;
  }

  /** New, changed and failed exports. Failed ones are tried again. */
  private List<ExportSettings> changed(Settings read) {
    Set<String> failed = new HashSet<>();
    for (ExportStatus status : server.exports()) {
      if (status.state() == ExportStatus.State.FAILED) {
        failed.add(status.name());
      }
    }
    List<ExportSettings> changed = new ArrayList<>();
    for (ExportSettings export : read.exports()) {
      String name = export.name();
      boolean same = fingerprint(export).equals(served.get(name)) && !failed.contains(name);
      if (!same && replacements.starting(name)) {
        LOG.warn("the export '" + name + "' is still starting and not changed; reload later");
      } else if (!same) {
        changed.add(export);
      }
    }
    return changed;
  }

  private List<ExportBuilder.Built> build(List<ExportSettings> changed, ConfigErrors errors)
      throws ConfigException {
    List<ExportBuilder.Built> built = ConfiguredExports.build(builder, changed, errors);
    errors.throwIfAny();
    return built;
  }

  private void warnOfSettings(Settings read) {
    for (String key : settings.differences(read)) {
      LOG.warn(
          "the setting " + key + " has changed, which takes effect when the server starts again");
    }
    settings = read;
  }

  /**
   * Replaces exports in parallel, so that a hanging one does not delay the others. Returns the
   * failed ones.
   */
  private int replace(List<ExportSettings> changed, List<ExportBuilder.Built> built) {
    for (ExportBuilder.Built next : built) {
      replacements.begin(server, next.export());
    }
    Set<String> failed = replacements.await();
    for (ExportSettings export : changed) {
      if (failed.contains(export.name())) {
        served.putIfAbsent(export.name(), List.of()); // tried again by the next reload
      } else {
        served.put(export.name(), fingerprint(export));
      }
    }
    return failed.size();
  }

  private void remove(String name) {
    served.remove(name);
    try {
      server.removeExport(name);
    } catch (RuntimeException e) {
      LOG.debug(() -> "removing the export '" + name + "': " + e.getMessage());
    }
  }
}
