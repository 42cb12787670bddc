package org.nbdcore.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.nbdcore.chain.Providers;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.DumpSink;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.spi.ThreadModel;

/** Answers the questions that other programs ask before they start a server. */
final class Probe {

  /** The version of the plugin interface, where nbdkit gives that of its C interface. */
  private static final int API_VERSION = 1;

  private final PrintStream out;
  private final PrintStream err;
  private final String program;

  Probe(PrintStream out, PrintStream err, String program) {
    this.out = out;
    this.err = err;
    this.program = program;
  }

  void version() {
    out.println(program + " " + Version.text());
  }

  void version(Layers layers) {
    version();
    for (FilterProvider filter : layers.filters()) {
      out.println(filter.name() + " " + filter.version());
    }
    out.println(layers.plugin().name() + " " + layers.plugin().version());
  }

  void config(Optional<Path> home, List<Path> pluginFolders) {
    put("name", program);
    home.ifPresent(path -> put("bindir", path.resolve("bin").toString()));
    home.ifPresent(path -> put("libdir", path.resolve("lib").toString()));
    if (!pluginFolders.isEmpty()) {
      put("plugindir", pluginFolders.get(0).toString());
      put("filterdir", pluginFolders.get(0).toString());
    }
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    put("host_os", system);
    put("host_cpu", System.getProperty("os.arch"));
    put("exit_with_parent", system.equals("linux") ? "yes" : "no");
    put("selinux", "no");
    put("tls", "no");
    put("java", System.getProperty("java.version"));
    put("java_home", System.getProperty("java.home"));
    put("version", Version.text());
    put("version_major", Integer.toString(Version.part(0)));
    put("version_minor", Integer.toString(Version.part(1)));
  }

  void plugin(Layers layers, Config config) {
    PluginProvider plugin = layers.plugin();
    Providers.origin(plugin).ifPresent(path -> put("path", path.toString()));
    put("name", plugin.name());
    put("version", plugin.version());
    put("api_version", Integer.toString(API_VERSION));
    for (Parameter<?> parameter : plugin.parameters()) {
      if (parameter.isMagic()) {
        put("magic_config_key", parameter.key());
      }
    }
    threadModel(plugin, config);
    plugin.dump(config, sink(plugin.name()));
    for (FilterProvider filter : layers.filters()) {
      String prefix = filter.name() + "_";
      Providers.origin(filter).ifPresent(path -> put(prefix + "path", path.toString()));
      put(prefix + "name", filter.name());
      put(prefix + "version", filter.version());
      filter.dump(sink(filter.name()));
    }
  }

  private DumpSink sink(String layer) {
    return new DumpSink() {
      @Override
      public void put(String key, String value) {
        Probe.this.put(key, value);
      }

      @Override
      public void error(String message) {
        err.println(program + ": error: " + layer + ": " + message);
      }
    };
  }

  private void threadModel(PluginProvider provider, Config config) {
    ThreadModel model;
    try (Plugin plugin = provider.create(config)) {
      model = plugin.threadModel();
    } catch (ConfigException | IOException | RuntimeException | LinkageError e) {
      model = provider.threadModel(); // parameters are missing
    }
    put("thread_model", model.name().toLowerCase(Locale.ROOT));
  }

  private void put(String key, String value) {
    out.println(key + "=" + value);
  }
}
