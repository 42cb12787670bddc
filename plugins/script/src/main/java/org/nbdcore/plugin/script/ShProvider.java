package org.nbdcore.plugin.script;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.DumpSink;
import org.nbdcore.spi.FileNames;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;

/** Describes {@code sh}: a plugin written as a script, or any other program. */
public final class ShProvider implements PluginProvider {

  static final Parameter<String> SCRIPT =
      Parameter.string(
              "script",
              "Script, an executable file; - reads it from standard input. Comes first, and "
                  + "needs no key.")
          .placeholder("FILE|-");

  @Override
  public String name() {
    return "sh";
  }

  @Override
  public String description() {
    return "A disk that a script or program implements";
  }

  @Override
  public List<Parameter<?>> parameters() {
    // Not declared as magic: the second bare word is for the script's own magic key.
    return List.of(SCRIPT);
  }

  @Override
  public boolean acceptsAnyKey() {
    return true;
  }

  @Override
  public void dump(Config config, DumpSink out) {
    out.put("magic_config_key", SCRIPT.key());
    new FromFile().dump(config, out);
  }

  @Override
  public Plugin create(Config config) throws ConfigException {
    return new FromFile().plugin(config);
  }

  private static final class FromFile extends ScriptSetup {

    @Override
    ScriptSource script(List<Config.Entry> parameters, WorkingDirectory workingDirectory)
        throws IOException, ConfigException {
      if (parameters.isEmpty() || !parameters.get(0).key().equals(SCRIPT.key())) {
        throw new ConfigException("script=FILE is missing: it comes before all other parameters");
      }
      String text = parameters.get(0).value();
      if (text.equals("-")) {
        return new ScriptFile(workingDirectory.store(StdinScript.script()));
      }
      Path path = FileNames.absolute(text);
      if (!Files.exists(path)) {
        throw new ConfigException("script " + path + ": no such file");
      }
      if (!Files.isRegularFile(path) || !Files.isExecutable(path)) {
        throw new ConfigException("script " + path + " must be an executable file (chmod +x)");
      }
      return new ScriptFile(path);
    }

    @Override
    List<Config.Entry> forScript(List<Config.Entry> parameters) {
      return parameters.subList(1, parameters.size());
    }

    @Override
    boolean loads() {
      return true;
    }
  }
}
