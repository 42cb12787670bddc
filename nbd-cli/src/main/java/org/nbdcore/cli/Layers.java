package org.nbdcore.cli;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.nbdcore.chain.Chain;
import org.nbdcore.chain.ChainBuilder;
import org.nbdcore.chain.Providers;
import org.nbdcore.chain.Trace;
import org.nbdcore.cli.config.DebugSetting;
import org.nbdcore.cli.config.ParameterRouter;
import org.nbdcore.log.ExceptionText;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.FileNames;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.NameSuggestions;
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
   * Finds the plugin and the filters.
   *
   * @throws ConfigException if there is no plugin or filter with a name; the message suggests
   *     similar names
   */
  static Layers find(CommandLine line, Providers providers) throws ConfigException {
    PluginProvider plugin = plugin(line, providers);
    List<FilterProvider> filters = new ArrayList<>();
    for (String filter : line.all(CommandLineOption.FILTER)) {
      filters.add(filter(filter, providers));
    }
    return new Layers(plugin, filters);
  }

  private static PluginProvider plugin(CommandLine line, Providers providers)
      throws ConfigException {
    if (line.plugin().isEmpty()) {
      String taken = nameTakenAsValue(line, providers);
      throw new ConfigException(
          "which plugin? Its name is missing" + (taken.isEmpty() ? "; see --help" : taken));
    }
    return plugin(line.plugin().get(), providers, () -> nameTakenAsValue(line, providers));
  }

  /**
   * Finds the name of a plugin that an option took as its value: in {@code -U memory 1G}, the
   * option -U takes {@code memory}, as in nbdkit.
   *
   * @return the end of an error message; empty if there is none
   */
  private static String nameTakenAsValue(CommandLine line, Providers providers) {
    for (CommandLine.SeparateValue taken : line.separateValues()) {
      if (isJar(taken.value()) || providers.plugin(taken.value()).isPresent()) {
        String form =
            taken.option() == CommandLineOption.UNIX
                ? "SOCKET, or " + taken.shown() + " - for a private socket"
                : taken.option().value();
        return "; "
            + taken.shown()
            + " took '"
            + taken.value()
            + "' as its value: "
            + taken.shown()
            + " "
            + form;
      }
    }
    return "";
  }

  /**
   * Finds a plugin.
   *
   * @param name as the user wrote it: a name, a jar, or the file of nbdkit's plugin
   * @throws ConfigException if there is none; the message suggests similar names
   */
  static PluginProvider plugin(String name, Providers providers) throws ConfigException {
    return plugin(name, providers, () -> "");
  }

  /**
   * Like {@link #plugin(String, Providers)}.
   *
   * @param reason why the name may be wrong, for a name that is not similar to any; may be empty
   */
  private static PluginProvider plugin(String name, Providers providers, Supplier<String> reason)
      throws ConfigException {
    return isJar(name)
        ? inJar(name, providers)
        : pluginNamed(named(name, "-plugin.so"), providers, reason);
  }

  /** Finds a filter; like {@link #plugin(String, Providers)}. */
  static FilterProvider filter(String name, Providers providers) throws ConfigException {
    return isJar(name)
        ? filterInJar(name, providers)
        : filterNamed(named(name, "-filter.so"), providers);
  }

  /** No name of a plugin or filter contains a dot. */
  private static boolean isJar(String name) {
    return name.endsWith(".jar");
  }

  /**
   * Extracts the plugin's name from the file name of an nbdkit plugin, because nbdkit also accepts
   * the file.
   */
  private static String named(String text, String suffix) {
    String prefix = "nbdkit-";
    String file = text.substring(text.lastIndexOf('/') + 1);
    return text.contains("/") && file.startsWith(prefix) && file.endsWith(suffix)
        ? file.substring(prefix.length(), file.length() - suffix.length())
        : text;
  }

  private static PluginProvider inJar(String jar, Providers providers) throws ConfigException {
    try {
      Path path = FileNames.path(jar);
      List<PluginProvider> found = providers.plugins(path);
      if (found.isEmpty() && !providers.filters(path).isEmpty()) {
        throw new ConfigException(
            "'" + jar + "' contains no plugin, but a filter: use --filter=" + jar);
      }
      return only("plugin", jar, found, PluginProvider::name);
    } catch (InvalidPathException | IOException e) {
      throw unusable(jar, e);
    }
  }

  private static FilterProvider filterInJar(String jar, Providers providers)
      throws ConfigException {
    try {
      Path path = FileNames.path(jar);
      List<FilterProvider> found = providers.filters(path);
      if (found.isEmpty() && !providers.plugins(path).isEmpty()) {
        throw new ConfigException("'" + jar + "' contains no filter, but a plugin: omit --filter=");
      }
      return only("filter", jar, found, FilterProvider::name);
    } catch (InvalidPathException | IOException e) {
      throw unusable(jar, e);
    }
  }

  private static ConfigException unusable(String jar, Exception e) {
    return new ConfigException("cannot use '" + jar + "': " + ExceptionText.of(e), e);
  }

  private static <P> P only(String kind, String jar, List<P> found, Function<P, String> name)
      throws ConfigException {
    if (found.size() == 1) {
      return found.get(0);
    }
    String problem =
        found.isEmpty()
            ? "' contains no " + kind
            : "' contains several "
                + kind
                + "s: "
                + found.stream().map(name).collect(Collectors.joining(", "))
                + "; use one by its name, with --plugin-path and the folder of the jar";
    throw new ConfigException("'" + jar + problem);
  }

  private static PluginProvider pluginNamed(
      String name, Providers providers, Supplier<String> reason) throws ConfigException {
    var found = providers.plugin(name);
    if (found.isPresent()) {
      return found.get();
    }
    if (providers.filter(name).isPresent()) {
      throw new ConfigException(
          "there is no plugin '" + name + "', but a filter of this name: use --filter=" + name);
    }
    List<String> names = providers.plugins().stream().map(PluginProvider::name).toList();
    throw new ConfigException(
        "there is no plugin '" + name + "'" + hint(name, names, providers, reason.get()));
  }

  private static FilterProvider filterNamed(String name, Providers providers)
      throws ConfigException {
    var found = providers.filter(name);
    if (found.isPresent()) {
      return found.get();
    }
    if (providers.plugin(name).isPresent()) {
      throw new ConfigException(
          "there is no filter '" + name + "', but a plugin of this name: omit --filter=");
    }
    List<String> names = providers.filters().stream().map(FilterProvider::name).toList();
    throw new ConfigException(
        "there is no filter '" + name + "'" + hint(name, names, providers, ""));
  }

  /**
   * The nearest names, and the folders that were searched. If no name is near, the reason in place
   * of names, if there is one. The reason is a guess, so the folders are always shown.
   */
  private static String hint(String name, List<String> names, Providers providers, String reason) {
    String question = NameSuggestions.question(name, names);
    String other = reason.isEmpty() ? "; see --list" : reason;
    StringBuilder hint = new StringBuilder(question.isEmpty() ? other : question);
    if (!providers.folders().isEmpty()) {
      hint.append(" (searched: nbd-core");
      providers.folders().forEach(folder -> hint.append(", ").append(folder));
      hint.append(')');
    }
    return hint.toString();
  }

  /** Routes the words and debug flags of the command line. */
  ParameterRouter route(CommandLine line, Consumer<String> warnings) throws ConfigException {
    ParameterRouter router = new ParameterRouter(filters, plugin);
    router.words(line.words());
    for (DebugSetting setting : DebugFlags.ofLayers(line)) {
      router.debug(setting, warnings);
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
