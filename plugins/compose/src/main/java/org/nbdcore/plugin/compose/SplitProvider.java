package org.nbdcore.plugin.compose;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;

/** Describes {@code split}: joins files, one after the other, to one disk. */
public final class SplitProvider implements PluginProvider {

  static final Parameter<Path> FILE =
      Parameter.path("file", "Files, in the order of the disk.").required().repeatable().magic();

  @Override
  public String name() {
    return "split";
  }

  @Override
  public String description() {
    return "Several files joined to one disk";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(FILE);
  }

  @Override
  public Plugin create(Config config) throws ConfigException {
    List<JoinedPlugin.Part> parts = new ArrayList<>();
    long size = 0;
    for (Path path : config.all(FILE)) {
      PartFile file = PartFile.of(path);
      if (file.size() > Long.MAX_VALUE - size) {
        throw new ConfigException("the files are larger together than a disk can be, 8E");
      }
      size += file.size();
      parts.add(JoinedPlugin.Part.of(file));
    }
    return new JoinedPlugin(parts);
  }
}
