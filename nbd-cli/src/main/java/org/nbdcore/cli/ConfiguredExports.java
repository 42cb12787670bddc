package org.nbdcore.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nbdcore.chain.Providers;
import org.nbdcore.chain.Trace;
import org.nbdcore.cli.config.ConfigErrors;
import org.nbdcore.cli.config.Credentials;
import org.nbdcore.cli.config.ExportSettings;
import org.nbdcore.cli.config.Settings;
import org.nbdcore.server.NbdServer;
import org.nbdcore.server.ServerBuilder;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Log;

/** The exports of a configuration file, which can change while the server runs. */
final class ConfiguredExports implements ServerContent {

  private static final Log LOG = Log.of("");

  private final CommandLine line;
  private final Providers providers;
  private final Map<String, String> environment;
  private final Settings settings;
  private final boolean certificates;
  private final boolean watch;
  private final Duration timeout;
  private ExportReload reload; // set once the chains are created

  /**
   * Takes the exports of a file that has been read.
   *
   * @param settings may have errors, which {@link #addTo} throws
   * @param server the settings of the server
   */
  ConfiguredExports(
      CommandLine line,
      Providers providers,
      Map<String, String> environment,
      Settings settings,
      ServerSettings server)
      throws ConfigException {
    this.line = line;
    this.providers = providers;
    this.environment = environment;
    this.settings = settings;
    certificates = server.identifiesClients();
    watch = server.reloadOnChange();
    timeout = server.startTimeout();
  }

  @Override
  public String label() {
    return "";
  }

  /**
   * Creates the chains. If a chain cannot be created, the server logs this when it tries to start
   * the chain.
   *
   * @param errors receives the errors of the file
   * @return the exports; empty if there are errors
   */
  static List<ExportBuilder.Built> build(
      ExportBuilder builder, List<ExportSettings> exports, ConfigErrors errors) {
    List<ExportBuilder.Built> built = new ArrayList<>();
    for (ExportSettings export : exports) {
      builder.build(export, errors, reason -> {}).ifPresent(built::add);
    }
    if (errors.count() > 0) {
      built.forEach(ExportBuilder.Built::close);
      return List.of();
    }
    return built;
  }

  ExportBuilder builder(Trace trace) throws ConfigException {
    return new ExportBuilder(
        providers, trace, DebugFlags.ofLayers(line), new Credentials(environment), certificates);
  }

  @Override
  public void addTo(ServerBuilder server, Trace trace) throws ConfigException {
    ExportBuilder builder = builder(trace);
    List<ExportBuilder.Built> all = build(builder, settings.exports(), settings.errors());
    settings.errors().throwIfAny();
    SecretFile.warning(settings.errors().file(), all).ifPresent(LOG::warn);
    all.forEach(built -> server.export(built.export()));
    reload = new ExportReload(builder, settings, this::read, timeout);
  }

  private Settings read() throws ConfigException {
    return Settings.load(settings.file(), environment);
  }

  @Override
  public void serverRuns(NbdServer server) {
    reload.serverRuns(server);
    if (watch) {
      FileWatch.start(settings.file().orElseThrow(), this::reload);
    }
  }

  private void reload() {
    SystemdNotifier.reloading();
    Optional<String> done = reload.run();
    done.ifPresent(LOG::info);
    SystemdNotifier.reloaded(done.orElse("the configuration file has errors; nothing changed"));
  }

  @Override
  public Runnable hangUp(Runnable stop) {
    return this::reload;
  }
}
