package org.nbdcore.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.nbdcore.chain.Chain;
import org.nbdcore.chain.Providers;
import org.nbdcore.chain.Trace;
import org.nbdcore.cli.config.ConfigErrors;
import org.nbdcore.cli.config.ConfigLine;
import org.nbdcore.cli.config.Credentials;
import org.nbdcore.cli.config.DebugSetting;
import org.nbdcore.cli.config.ExportSettings;
import org.nbdcore.cli.config.FileValues;
import org.nbdcore.cli.config.ParameterRouter;
import org.nbdcore.server.ClientCheck;
import org.nbdcore.server.ServerExport;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.NameSuggestions;
import org.nbdcore.spi.PluginProvider;

/**
 * Creates exports from the sections of a configuration file.
 *
 * @param providers finds plugins and filters
 * @param trace which calls of their chains to log
 * @param debug the debug flags of the command line
 * @param credentials finds the files of passwords
 * @param certificates whether clients are verified by certificates
 */
record ExportBuilder(
    Providers providers,
    Trace trace,
    List<DebugSetting> debug,
    Credentials credentials,
    boolean certificates) {

  /**
   * An export whose chain is not started.
   *
   * @param layers their names, for messages
   * @param secretLine the number of the line that has a password, or 0
   */
  record Built(ServerExport export, String layers, int secretLine) {

    /** Closes the chain, if it is not passed to a server. */
    void close() {
      try {
        export.chain().close();
      } catch (IOException | RuntimeException e) {
        LOG.debug(() -> "closing the export '" + export.name() + "': " + e);
      }
    }
  }

  private static final Log LOG = Log.of("");

  /**
   * Creates an export.
   *
   * @param errors receives every error in the lines of the section
   * @param broken receives the reason if a plugin or filter cannot be created from correct lines,
   *     for example because a file is missing. The chain of the export then does not start
   * @return the export; the caller closes its chain. Empty if there are errors
   */
  Optional<Built> build(ExportSettings settings, ConfigErrors errors, Consumer<String> broken) {
    int before = errors.count();
    ClientCheck check = ClientRules.of(settings.allow(), certificates, providers, errors);
    Layers layers = layers(settings, errors);
    if (layers == null) {
      rejectMistyped(settings, errors);
      return Optional.empty();
    }
    FileValues values = new FileValues(credentials);
    ParameterRouter router =
        new ParameterRouter(layers.filters(), layers.plugin(), values, ExportSettings.KEYS);
    for (ConfigLine line : settings.parameters()) {
      values.line(line);
      try {
        router.put(line.key(), line.value());
      } catch (ConfigException e) {
        errors.add(line.number(), e.getMessage());
      }
    }
    if (errors.count() > before) {
      return Optional.empty();
    }
    debug.forEach(flag -> router.debug(flag, unused -> {}));
    ServerExport export =
        ServerExport.of(settings.name(), chain(layers, router, broken))
            .withDescription(settings.description())
            .withReadOnly(settings.readOnly())
            .withLazy(settings.onDemand())
            .withClientCheck(check)
            .withMaxInFlight(settings.maxInFlight());
    return Optional.of(new Built(export, shown(layers), values.secretLine()));
  }

  private Chain chain(Layers layers, ParameterRouter router, Consumer<String> broken) {
    try {
      return layers.build(router, trace);
    } catch (ConfigException e) {
      broken.accept(e.getMessage());
      String plugin = layers.plugin().name();
      String prefix = plugin + ": "; // which the server adds
      String reason = e.getMessage();
      return BrokenPlugin.chain(
          plugin, reason.startsWith(prefix) ? reason.substring(prefix.length()) : reason);
    }
  }

  /**
   * Reports keys that are similar to a setting. Without the plugin, other keys cannot be checked.
   */
  private static void rejectMistyped(ExportSettings settings, ConfigErrors errors) {
    for (ConfigLine line : settings.parameters()) {
      String question = NameSuggestions.question(line.key(), ExportSettings.KEYS);
      if (!question.isEmpty()) {
        errors.add(line.number(), "unknown key '" + line.key() + "'" + question);
      }
    }
  }

  /** Finds plugin and filters; null if one is missing. */
  private Layers layers(ExportSettings settings, ConfigErrors errors) {
    PluginProvider plugin = null;
    boolean found = settings.plugin().isPresent(); // otherwise the error is already reported
    if (found) {
      try {
        plugin = Layers.plugin(settings.plugin().get().value(), providers);
      } catch (ConfigException e) {
        errors.add(settings.plugin().get().number(), e.getMessage());
        found = false;
      }
    }
    List<FilterProvider> filters = new ArrayList<>();
    for (ConfigLine line : settings.filters()) {
      try {
        filters.add(Layers.filter(line.value(), providers));
      } catch (ConfigException e) {
        errors.add(line.number(), e.getMessage());
        found = false;
      }
    }
    return found ? new Layers(plugin, filters) : null;
  }

  private static String shown(Layers layers) {
    List<String> names = new ArrayList<>();
    layers.filters().forEach(filter -> names.add(filter.name()));
    names.add(layers.plugin().name());
    return String.join(" > ", names);
  }
}
