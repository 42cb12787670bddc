package org.nbdcore.plugin.script;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.DumpSink;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;

/** Describes {@code eval}: a plugin written as pieces of shell script on the command line. */
public final class EvalProvider implements PluginProvider {

  /** The methods, each of which is a key. */
  private static final List<String> METHODS =
      List.of(
          "after_fork",
          "block_size",
          "cache",
          "can_cache",
          "can_extents",
          "can_fast_zero",
          "can_flush",
          "can_fua",
          "can_multi_conn",
          "can_trim",
          "can_write",
          "can_zero",
          "close",
          "config",
          "config_complete",
          "default_export",
          "dump_plugin",
          "export_description",
          "extents",
          "flush",
          "get_ready",
          "get_size",
          "is_rotational",
          "list_exports",
          "open",
          "pread",
          "preconnect",
          "pwrite",
          "thread_model",
          "trim",
          "unload",
          "zero");

  @Override
  public String name() {
    return "eval";
  }

  @Override
  public String description() {
    return "A disk that pieces of shell script on the command line implement";
  }

  @Override
  public List<Parameter<?>> parameters() {
    List<Parameter<?>> parameters = new ArrayList<>();
    for (String method : METHODS) {
      parameters.add(snippet(method, "What " + method + " does."));
    }
    parameters.add(
        snippet(
            InlineScripts.MISSING,
            "Script for every method without a script; by default: exit 2."));
    return parameters;
  }

  private static Parameter<String> snippet(String key, String help) {
    return Parameter.string(key, help).placeholder("SCRIPT");
  }

  @Override
  public boolean acceptsAnyKey() {
    return true;
  }

  @Override
  public void dump(Config config, DumpSink out) {
    new FromParameters().dump(config, out);
  }

  @Override
  public Plugin create(Config config) throws ConfigException {
    return new FromParameters().plugin(config);
  }

  private static boolean isSnippet(Config.Entry parameter) {
    return METHODS.contains(parameter.key()) || parameter.key().equals(InlineScripts.MISSING);
  }

  private static final class FromParameters extends ScriptSetup {

    @Override
    ScriptSource script(List<Config.Entry> parameters, WorkingDirectory workingDirectory)
        throws ConfigException {
      Map<String, String> pieces = new HashMap<>();
      for (Config.Entry parameter : parameters) {
        if (isSnippet(parameter) && pieces.put(parameter.key(), parameter.value()) != null) {
          throw new ConfigException(parameter.key() + " is given twice");
        }
      }
      return new InlineScripts(pieces);
    }

    @Override
    List<Config.Entry> forScript(List<Config.Entry> parameters) {
      return parameters.stream().filter(parameter -> !isSnippet(parameter)).toList();
    }

    @Override
    boolean loads() {
      return false;
    }
  }
}
