package org.nbdcore.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.nbdcore.chain.Providers;
import org.nbdcore.cli.config.ParameterRouter;
import org.nbdcore.log.Printable;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.DumpSink;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.spi.ThreadModel;
import org.nbdcore.system.Zstd;

/**
 * Answers queries of other programs before they start a server, with the keys of nbdkit-probing(1).
 */
final class Probe {

  /** The version of the plugin interface, in place of that of nbdkit's C interface. */
  private static final int API_VERSION = 1;

  private static final String YES = "yes";
  private static final String NO = "no";

  private final PrintStream out;
  private final PrintStream err;
  private final ProgramVersion version;
  private int status;

  Probe(PrintStream out, PrintStream err, String program) {
    this.out = out;
    this.err = err;
    this.version = new ProgramVersion(program);
  }

  void version() {
    out.println(version.line());
  }

  void version(Layers layers) {
    version();
    for (FilterProvider filter : layers.filters()) {
      out.println(filter.name() + " " + version.of(filter.version()));
    }
    out.println(layers.plugin().name() + " " + version.of(layers.plugin().version()));
  }

  void config(Optional<Path> home, List<Path> pluginFolders, boolean extendedHeaders) {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    boolean linux = system.equals("linux");
    Map<String, String> lines = new TreeMap<>();
    if (home.isPresent()) {
      String bin = home.get().resolve("bin").toString();
      lines.put("bindir", bin);
      lines.put("sbindir", bin);
      lines.put("binary", bin + "/nbd-core");
      lines.put("libdir", home.get().resolve("lib").toString());
    }
    if (!pluginFolders.isEmpty()) {
      lines.put("plugindir", pluginFolders.get(0).toString());
      lines.put("filterdir", pluginFolders.get(0).toString());
    }
    lines.put("max_api_version", Integer.toString(API_VERSION));
    lines.put("soext", "jar"); // extension of the files in plugindir; "so" in nbdkit
    lines.put("name", version.program());
    lines.put("nbd_core_version", ProgramVersion.own());
    lines.put("version", version.number());
    lines.put("version_major", Integer.toString(version.part(0)));
    lines.put("version_minor", Integer.toString(version.part(1)));
    lines.put("host_os", linux ? "linux-gnu" : system);
    String cpu = System.getProperty("os.arch");
    lines.put("host_cpu", cpu.equals("amd64") ? "x86_64" : cpu);
    lines.put("extended_headers", extendedHeaders ? YES : NO);
    lines.put("exit_with_parent", linux ? YES : NO);
    lines.put("run_default_socket", "Unix");
    lines.put("selinux", linux ? YES : NO);
    lines.put("sysconfdir", "/etc");
    lines.put("timeout_option", YES);
    lines.put("tls", YES);
    lines.put("root_tls_certificates_dir", "/etc/pki/" + version.folder());
    lines.put("vsock_option", linux ? YES : NO);
    lines.put("zstd", zstd());
    lines.put("java", System.getProperty("java.version"));
    lines.put("java_home", System.getProperty("java.home"));
    for (Map.Entry<String, String> line : lines.entrySet()) {
      put(line.getKey(), line.getValue());
    }
  }

  /**
   * Usual paths of libzstd. If one exists, neither libzstd nor JNA must be loaded to test for it.
   */
  private static final List<String> LIBRARIES =
      List.of(
          "/usr/lib/x86_64-linux-gnu",
          "/usr/lib/aarch64-linux-gnu",
          "/usr/lib64",
          "/lib64",
          "/usr/lib");

  /**
   * Reports whether disks can be compressed with zstd, without asking the plugins, because loading
   * all of them takes long.
   */
  private static String zstd() {
    for (String folder : LIBRARIES) {
      if (Files.exists(Path.of(folder, "libzstd.so.1"))) {
        return YES;
      }
    }
    return Zstd.available() ? YES : NO;
  }

  /** Prints the properties of the plugin. Returns the exit status. */
  int plugin(Layers layers, ParameterRouter router) throws ConfigException {
    Config config = router.plugin();
    PluginProvider plugin = layers.plugin();
    Providers.origin(plugin).ifPresent(path -> put("path", path.toString()));
    put("name", plugin.name());
    put("version", version.of(plugin.version()));
    put("nbd_core_version", ProgramVersion.own());
    put("api_version", Integer.toString(API_VERSION));
    put("struct_size", "0"); // size of nbdkit's C structure, which does not exist here
    put("max_thread_model", plugin.threadModel().name().toLowerCase(Locale.ROOT));
    put("thread_model", threadModel(layers, router).name().toLowerCase(Locale.ROOT));
    put("errno_is_preserved", "1");
    for (Parameter<?> parameter : plugin.parameters()) {
      if (parameter.isMagic()) {
        put("magic_config_key", parameter.key());
      }
    }
    callbacks(plugin);
    Log.install(new WarningPrinter(plugin.name()));
    plugin.dump(config, sink(plugin.name()));
    for (FilterProvider filter : layers.filters()) {
      String prefix = filter.name() + "_";
      Providers.origin(filter).ifPresent(path -> put(prefix + "path", path.toString()));
      put(prefix + "name", filter.name());
      put(prefix + "version", version.of(filter.version()));
      filter.dump(sink(filter.name()));
    }
    return status;
  }

  /**
   * Prints the callbacks of every plugin, and those of the provider. All others are known only for
   * an open disk.
   */
  private void callbacks(PluginProvider plugin) {
    if (!plugin.parameters().isEmpty() || plugin.acceptsAnyKey()) {
      put("has_config", "1");
      put("has_config_help", "1");
    }
    if (overrides(plugin, "dump", Config.class, DumpSink.class)) {
      put("has_dump_plugin", "1");
    }
    for (String always : List.of("open", "get_size", "pread")) {
      put("has_" + always, "1");
    }
  }

  private static boolean overrides(PluginProvider plugin, String method, Class<?>... types) {
    try {
      Class<?> declaring = plugin.getClass().getMethod(method, types).getDeclaringClass();
      return declaring != PluginProvider.class;
    } catch (NoSuchMethodException e) {
      return false;
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
        err.println(version.program() + ": error: " + layer + ": " + Printable.of(message));
      }

      @Override
      public void failed(String message) {
        error(message);
        status = 1;
      }
    };
  }

  /**
   * The thread model of the whole chain. A layer without a required parameter counts with its most
   * parallel model.
   */
  private static ThreadModel threadModel(Layers layers, ParameterRouter router)
      throws ConfigException {
    ThreadModel strictest = threadModel(layers.plugin(), router.plugin());
    for (int i = 0; i < layers.filters().size(); i++) {
      Config config = router.filter(i);
      try (Filter filter = layers.filters().get(i).create(config)) {
        strictest = strictest.strictest(filter.threadModel());
      } catch (ConfigException | IOException | RuntimeException | LinkageError e) {
        // parameters are missing
      }
    }
    return strictest;
  }

  private static ThreadModel threadModel(PluginProvider provider, Config config) {
    try (Plugin plugin = provider.create(config)) {
      return plugin.threadModel();
    } catch (ConfigException | IOException | RuntimeException | LinkageError e) {
      return provider.threadModel(); // parameters are missing
    }
  }

  /** Shows the warnings and errors of a plugin that is only queried. */
  private final class WarningPrinter implements Log.Handler {

    private final String plugin;

    WarningPrinter(String plugin) {
      this.plugin = plugin;
    }

    @Override
    public boolean enabled(Log.Level level) {
      return level.compareTo(Log.Level.WARN) >= 0;
    }

    @Override
    public void log(Log.Level level, String name, String message, Throwable failure) {
      if (enabled(level)) {
        String kind = level == Log.Level.WARN ? ": warning: " : ": error: ";
        err.println(version.program() + kind + plugin + ": " + Printable.of(message));
      }
    }
  }

  private void put(String key, String value) {
    out.println(key + "=" + value);
  }
}
