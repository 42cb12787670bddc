package org.nbdcore.plugin.vmdk;

import java.nio.file.Path;
import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;

/** Describes the plugin {@code vmdk}. */
public final class VmdkPluginProvider implements PluginProvider {
  static final Parameter<Path> FILE =
      Parameter.path(
              "file", "The disk: a descriptor file, or a sparse VMDK with its descriptor inside.")
          .required()
          .magic();

  @Override
  public String name() {
    return "vmdk";
  }

  @Override
  public String description() {
    return "serve a VMware virtual disk (VMDK) read-only, in pure Java";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(FILE);
  }

  @Override
  public Plugin create(Config config) {
    return new VmdkPlugin(config.get(FILE));
  }
}
