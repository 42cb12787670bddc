package org.nbdcore.plugin.vmdk;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.vmdk.FileLocation;

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

  static final Parameter<Path> WITHIN =
      Parameter.path(
              "within",
              "Open only files that lie in this folder, whatever a descriptor names. Links are"
                  + " followed first.")
          .form("DIR");

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
    List<Parameter<?>> all = new ArrayList<>(List.of(FILE, SINGLE_LINK, WITHIN));
    all.addAll(CreateParameters.ALL);
    return all;
  }

  @Override
  public Plugin create(Config config) throws ConfigException {
    Path within = config.find(WITHIN).orElse(null);
    return new VmdkPlugin(
        FileLocation.of(config.get(FILE), within),
        CreateParameters.options(config),
        config.find(CreateParameters.SNAPSHOT).map(child -> FileLocation.of(child, within)),
        config.get(SINGLE_LINK));
  }
}
