package org.nbdcore.cli;

import java.nio.file.InvalidPathException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.nbdcore.chain.Chain;
import org.nbdcore.chain.ChainBuilder;
import org.nbdcore.chain.Providers;
import org.nbdcore.chain.Trace;
import org.nbdcore.cli.config.DebugSetting;
import org.nbdcore.cli.config.NameSuggestions;
import org.nbdcore.cli.config.ParameterRouter;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.FileNames;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.PluginProvider;

/**
 * The plugin and the filters that a command line names.
 *
 * @param plugin the plugin
 * @param filters the one nearest the client first
 */
record Layers(PluginProvider plugin, List<FilterProvider> filters) {

  private static final Log LOG = Log.of("");

  /**
   * Finds them.
   *
   * @throws ConfigException if there is no plugin or filter of a name, with the nearest names
   */
  static Layers find(CommandLine line, Providers providers) throws ConfigException {
    String name =
        line.plugin()
            .orElseThrow(
                () -> new ConfigException("which plugin? Its name is missing; see --help"));
    PluginProvider plugin =
        name.endsWith(".jar") && name.contains("/")
            ? inJar(name, providers)
            : plugin(named(name, "-plugin.so"), providers);
    List<FilterProvider> filters = new ArrayList<>();
    for (String filter : line.all(Option.FILTER)) {
      filters.add(filter(named(filter, "-filter.so"), providers));
    }
    return new Layers(plugin, filters);
  }

  /** nbdkit takes the file of a plugin too, in whose name is the plugin's. */
  private static String named(String text, String suffix) {
    String prefix = "nbdkit-";
    String file = text.substring(text.lastIndexOf('/') + 1);
    return text.contains("/") && file.startsWith(prefix) && file.endsWith(suffix)
        ? file.substring(prefix.length(), file.length() - suffix.length())
        : text;
  }

  private static PluginProvider inJar(String jar, Providers providers) throws ConfigException {
    Optional<PluginProvider> found;
    try {
      found = providers.plugin(FileNames.path(jar));
    } catch (InvalidPathException e) {
      throw new ConfigException("'" + jar + "' is no path: " + e.getReason(), e);
    }
    if (found.isEmpty()) {
      throw new ConfigException("'" + jar + "' is no jar with one plugin in it");
    }
    return found.get();
  }

  private static PluginProvider plugin(String name, Providers providers) throws ConfigException {
    var found = providers.plugin(name);
    if (found.isPresent()) {
      return found.get();
    }
    List<String> names = providers.plugins().stream().map(PluginProvider::name).toList();
    String aside =
        providers.filter(name).isPresent() ? ", but a filter: --filter=" + name : hint(name, names);
    throw new ConfigException("there is no plugin '" + name + "'" + aside);
  }

  private static FilterProvider filter(String name, Providers providers) throws ConfigException {
    var found = providers.filter(name);
    if (found.isPresent()) {
      return found.get();
    }
    List<String> names = providers.filters().stream().map(FilterProvider::name).toList();
    throw new ConfigException("there is no filter '" + name + "'" + hint(name, names));
  }

  private static String hint(String name, List<String> names) {
    String question = NameSuggestions.question(name, names);
    if (!question.isEmpty()) {
      return question;
    }
    return names.isEmpty() ? "; none is installed" : "; there are " + String.join(", ", names);
  }

  /** Routes the words and debug flags of the command line. */
  ParameterRouter route(CommandLine line, Consumer<String> warnings) throws ConfigException {
    ParameterRouter router = new ParameterRouter(filters, plugin);
    router.words(line.words());
    for (String flag : line.all(Option.DEBUG)) {
      DebugSetting setting = DebugFlags.parse(flag);
      if (!DebugFlags.ofServer(setting)) {
        router.debug(setting, warnings);
      }
    }
    DebugFlags.ofServer(line, warnings);
    return router;
  }

  /** Makes the chain, which its caller closes. */
  Chain build(ParameterRouter router, Trace trace) throws ConfigException {
    ChainBuilder builder = Chain.builder().trace(trace);
    List<String> shown = new ArrayList<>();
    for (int i = 0; i < filters.size(); i++) {
      Config config = router.filter(i);
      builder.filter(filters.get(i), config);
      shown.add(shown(filters.get(i).name(), config));
    }
    Config config = router.plugin();
    shown.add(shown(plugin.name(), config));
    LOG.debug(() -> "layers, the one nearest the client first: " + String.join(" > ", shown));
    return builder.plugin(plugin, config).build();
  }

  /** Keys only: a value may be a secret. */
  private static String shown(String name, Config config) {
    List<String> keys = config.entries().stream().map(Config.Entry::key).distinct().toList();
    return keys.isEmpty() ? name : name + " (" + String.join(", ", keys) + ")";
  }
}
