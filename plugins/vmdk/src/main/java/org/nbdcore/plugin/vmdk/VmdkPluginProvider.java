package org.nbdcore.plugin.vmdk;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
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
      Parameter.bool("single-link", "Open only the topmost link, without its parents; read-only.")
          .defaultValue(false);

  static final Parameter<Path> WITHIN =
      Parameter.path(
              "within",
              "Open only files in this folder, even if a descriptor names others. nbd-core resolves links"
                  + " before it checks this.")
          .placeholder("DIR");

  static final Parameter<Boolean> DEVICES =
      Parameter.bool(
              "devices",
              "Allow extents and parents that are block devices, or files in /proc or /sys.")
          .defaultValue(false);

  @Override
  public String name() {
    return "vmdk";
  }

  @Override
  public String description() {
    return "A VMware virtual disk (VMDK), in pure Java";
  }

  @Override
  public List<Parameter<?>> parameters() {
    List<Parameter<?>> all = new ArrayList<>(List.of(FILE, SINGLE_LINK, WITHIN, DEVICES));
    all.addAll(CreateParameters.ALL);
    return all;
  }

  @Override
  public Plugin create(Config config) throws ConfigException {
    Optional<Path> within = config.find(WITHIN);
    boolean devices = config.get(DEVICES);
    if (within.isPresent() && devices) {
      throw new ConfigException("within= and devices=true exclude each other");
    }
    Function<Path, FileLocation> location =
        path ->
            devices ? FileLocation.withDevices(path) : FileLocation.of(path, within.orElse(null));
    return new VmdkPlugin(
        location.apply(config.get(FILE)),
        CreateParameters.options(config),
        config.find(CreateParameters.SNAPSHOT).map(location),
        config.get(SINGLE_LINK));
  }
}
