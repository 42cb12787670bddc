package org.nbdcore.plugin.vmdk;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;

/** Describes the plugin {@code vmdk}. */
public final class VmdkPluginProvider implements PluginProvider {
  static final Parameter<Path> FILE =
      Parameter.path(
              "file",
              "The disk: a descriptor file, a sparse VMDK with its descriptor inside, or an OVA.")
          .required()
          .magic();

  static final Parameter<Boolean> SINGLE_LINK =
      Parameter.bool("single-link", "Open the topmost link only, not its parents; read-only.")
          .defaultValue(false);

  @Override
  public String name() {
    return "vmdk";
  }

  @Override
  public String description() {
    return "serve a VMware virtual disk (VMDK) in pure Java";
  }

  @Override
  public List<Parameter<?>> parameters() {
    List<Parameter<?>> all = new ArrayList<>(List.of(FILE, SINGLE_LINK));
    all.addAll(CreateParameters.ALL);
    return all;
  }

  @Override
  public Plugin create(Config config) throws ConfigException {
    return new VmdkPlugin(
        config.get(FILE),
        CreateParameters.options(config),
        config.find(CreateParameters.SNAPSHOT),
        config.get(SINGLE_LINK));
  }
}
