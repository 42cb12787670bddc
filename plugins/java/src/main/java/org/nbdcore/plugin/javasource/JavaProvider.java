package org.nbdcore.plugin.javasource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.DumpSink;
import org.nbdcore.spi.FileNames;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;

/** Describes {@code java}: a plugin in one source file, compiled in memory. */
public final class JavaProvider implements PluginProvider {

  static final Parameter<String> SCRIPT =
      Parameter.string(
              "script",
              "Java source file; - reads it from standard input. Comes first, and needs no key.")
          .placeholder("FILE|-");

  static final Parameter<List<Path>> CLASS_PATH =
      Parameter.of(
          "java-classpath",
          "PATH:...",
          "Libraries of the source file: jars and folders of classes, separated by colons.",
          JavaProvider::paths);

  @Override
  public String name() {
    return "java";
  }

  @Override
  public String description() {
    return "A disk that a Java source file implements";
  }

  @Override
  public List<Parameter<?>> parameters() {
    // Not declared as magic: the second bare word is for the source file's own magic key.
    return List.of(SCRIPT, CLASS_PATH);
  }

  @Override
  public boolean acceptsAnyKey() {
    return true;
  }

  @Override
  public void dump(Config config, DumpSink out) {
    out.put("magic_config_key", SCRIPT.key());
    if (config.entries().isEmpty()) {
      return;
    }
    try (SourceProvider provider = load(config)) {
      provider.dump(forSource(config), out);
    } catch (ConfigException | IOException e) {
      out.error(e.getMessage());
    }
  }

  @Override
  public Plugin create(Config config) throws ConfigException {
    SourceProvider provider = load(config);
    try {
      return provider.create(forSource(config));
    } catch (ConfigException | RuntimeException | Error e) {
      try {
        provider.close();
      } catch (IOException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  private static SourceProvider load(Config config) throws ConfigException {
    List<Config.Entry> entries = config.entries();
    if (entries.isEmpty() || !entries.get(0).key().equals(SCRIPT.key())) {
      throw new ConfigException("script=FILE is missing: it comes before all other parameters");
    }
    List<Path> classPath = config.find(CLASS_PATH).orElse(List.of());
    return SourceProvider.load(SourceFile.read(entries.get(0).value()), classPath);
  }

  /** The parameters of the source file itself, in order; a bare word has an empty key. */
  private static List<Config.Entry> forSource(Config config) {
    return config.entries().stream()
        .skip(1)
        .filter(entry -> !entry.key().equals(CLASS_PATH.key()))
        .toList();
  }

  private static List<Path> paths(String text) {
    List<Path> paths = new ArrayList<>();
    for (String name : text.split(":")) {
      if (!name.isEmpty()) {
        paths.add(FileNames.absolute(name));
      }
    }
    return paths;
  }
}
