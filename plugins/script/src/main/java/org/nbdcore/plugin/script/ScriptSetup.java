package org.nbdcore.plugin.script;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.DumpSink;

/** The steps from parameters to a plugin that {@code sh} and {@code eval} share. */
abstract class ScriptSetup {

  /** The callbacks of a script, besides those of every plugin. */
  private static final List<String> CALLBACKS =
      List.of(
          "load",
          "unload",
          "config_complete",
          "thread_model",
          "get_ready",
          "after_fork",
          "preconnect",
          "list_exports",
          "default_export",
          "close",
          "export_description",
          "block_size",
          "can_write",
          "can_flush",
          "is_rotational",
          "can_trim",
          "can_zero",
          "can_fast_zero",
          "can_extents",
          "can_fua",
          "can_multi_conn",
          "can_cache",
          "pwrite",
          "flush",
          "trim",
          "zero",
          "extents",
          "cache");

  /** Chooses the script, which may be stored in the plugin's own folder. */
  abstract ScriptSource script(List<Config.Entry> parameters, WorkingDirectory workingDirectory)
      throws IOException, ConfigException;

  /** The parameters for the script itself. */
  abstract List<Config.Entry> forScript(List<Config.Entry> parameters);

  /** True if the script has a method {@code load}. */
  abstract boolean loads();

  /** Makes a plugin that is ready to be started. */
  final ScriptPlugin plugin(Config config) throws ConfigException {
    return make(config, ScriptPlugin::complete);
  }

  /** Adds the lines of the script and of this plugin to {@code --dump-plugin}. */
  final void dump(Config config, DumpSink out) {
    out.put("max_known_status", Integer.toString(ScriptRunner.MAX_KNOWN_STATUS));
    for (String callback : CALLBACKS) {
      out.put("has_" + callback, "1");
    }
    if (config.entries().isEmpty()) {
      return;
    }
    try {
      make(config, plugin -> plugin.dump(out)).close();
    } catch (ConfigException | IOException e) {
      out.error(e.getMessage());
    }
  }

  private interface Step {
    void run(ScriptPlugin plugin) throws IOException;
  }

  private ScriptPlugin make(Config config, Step last) throws ConfigException {
    List<Config.Entry> parameters = config.entries();
    WorkingDirectory workingDirectory = null;
    ScriptPlugin plugin = null;
    try {
      workingDirectory = WorkingDirectory.create();
      ScriptSource script = script(parameters, workingDirectory);
      plugin = new ScriptPlugin(script, workingDirectory);
      if (loads()) {
        plugin.perform("load");
      }
      plugin.configure(forScript(parameters));
      last.run(plugin);
      return plugin;
    } catch (ConfigException | IOException | RuntimeException e) {
      Closeable made = plugin == null ? workingDirectory : plugin::close;
      closeAfter(e, made);
      throw e instanceof ConfigException known
          ? known
          : new ConfigException(e.getMessage() == null ? e.toString() : e.getMessage(), e);
    }
  }

  private static void closeAfter(Exception failure, Closeable made) {
    try {
      if (made != null) {
        made.close();
      }
    } catch (IOException second) {
      failure.addSuppressed(second);
    }
  }
}
