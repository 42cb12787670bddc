package org.nbdcore.plugin.javasource;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.DumpSink;
import org.nbdcore.spi.NameSuggestions;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;

/** A source file that is compiled and loaded: describes and creates its plugin. */
final class SourceProvider implements Closeable {

  private final PluginClass plugin;
  private final PluginProvider provider;
  private final SourceClassLoader loader;

  private SourceProvider(PluginClass plugin, PluginProvider provider, SourceClassLoader loader) {
    this.plugin = plugin;
    this.provider = provider;
    this.loader = loader;
  }

  /**
   * Compiles and loads.
   *
   * @throws ConfigException naming the file, and the line if one is wrong
   */
  static SourceProvider load(SourceFile source, List<Path> libraries) throws ConfigException {
    Map<String, byte[]> classes = SourceCompiler.compile(source, libraries);
    SourceClassLoader loader = new SourceClassLoader(classes, libraries);
    try {
      PluginClass plugin = PluginClass.find(source, classes.keySet(), loader);
      return new SourceProvider(plugin, plugin.provider(), loader);
    } catch (ConfigException | RuntimeException | Error e) {
      try {
        loader.close();
      } catch (IOException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  /** Creates the plugin, which closes this when it is closed. */
  Plugin create(List<Config.Entry> entries) throws ConfigException {
    Config config = complete(config(entries));
    return new SourcePlugin(loader.<Plugin, ConfigException>during(() -> made(config)), loader);
  }

  private Config complete(Config.Builder entries) throws ConfigException {
    if (!provider.acceptsAnyKey()) {
      return entries.build();
    }
    Config config = entries.buildPartial(); // build would call the provider's further keys unknown
    config.checkComplete(provider.parameters());
    return config;
  }

  private Plugin made(Config config) throws ConfigException {
    Plugin made = provider.create(config);
    if (made == null) {
      throw new ConfigException(plugin.source().name() + ": create returned null, not a plugin");
    }
    return made;
  }

  /** Adds the class and its keys, and the provider's own lines, to {@code --dump-plugin}. */
  void dump(List<Config.Entry> entries, DumpSink out) throws ConfigException {
    out.put("java_class", plugin.type().getName());
    out.put("java_interface", plugin.kind().getSimpleName());
    out.put(
        "java_keys",
        provider.parameters().stream().map(Parameter::key).collect(Collectors.joining(" ")));
    Config config = config(entries).buildPartial();
    provider.dump(config, out);
  }

  /** Assigns the parameters to their keys. Refuses unknown ones. */
  private Config.Builder config(List<Config.Entry> entries) throws ConfigException {
    List<String> keys = new ArrayList<>();
    String magic = null;
    for (Parameter<?> parameter : provider.parameters()) {
      keys.add(parameter.key());
      keys.addAll(parameter.aliases());
      magic = parameter.isMagic() ? parameter.key() : magic;
    }
    Config.Builder config = Config.builder(provider.parameters());
    for (Config.Entry entry : entries) {
      String key = entry.key();
      if (key.isEmpty() && magic == null) {
        throw new ConfigException(
            plugin.source().name()
                + " takes no bare word, only key=value: '"
                + entry.value()
                + "' has no key");
      }
      key = key.isEmpty() ? magic : key;
      if (!provider.acceptsAnyKey() && !keys.contains(key)) {
        throw new ConfigException(
            "unknown key '"
                + key
                + "' for "
                + plugin.source().name()
                + NameSuggestions.hint(key, keys));
      }
      config.put(key, entry.value());
    }
    return config;
  }

  @Override
  public void close() throws IOException {
    loader.close();
  }
}
