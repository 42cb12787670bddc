package org.nbdcore.example.steps;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.DebugFlag;
import org.nbdcore.spi.DumpSink;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;

/** Declares {@code example2} and its parameter. */
public final class Example2Provider implements PluginProvider {

  static final Parameter<Path> FILE = Parameter.path("file", "The file to serve.").required();

  static final DebugFlag EXTRA = DebugFlag.of("extra", "Tell of each read.");

  @Override
  public String name() {
    return "example2";
  }

  @Override
  public String description() {
    return "Example: a file, read-only";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(FILE);
  }

  @Override
  public List<DebugFlag> debugFlags() {
    return List.of(EXTRA);
  }

  /** Adds a line to {@code --dump-plugin}. */
  @Override
  public void dump(Config config, DumpSink out) {
    out.put("example2_extra", "hello");
  }

  @Override
  public Plugin create(Config config) throws ConfigException {
    Path file = config.get(FILE);
    if (!Files.isReadable(file)) {
      throw new ConfigException("file " + file + " cannot be read");
    }
    boolean extra = config.debug(EXTRA) != 0;
    return request -> Example2Device.open(file, extra);
  }
}
