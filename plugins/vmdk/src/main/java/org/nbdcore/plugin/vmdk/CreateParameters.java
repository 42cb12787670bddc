package org.nbdcore.plugin.vmdk;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Parameter;
import org.nbdcore.vmdk.VmdkAdapter;
import org.nbdcore.vmdk.VmdkCreateOptions;
import org.nbdcore.vmdk.VmdkHardwareVersion;
import org.nbdcore.vmdk.VmdkType;

/** The parameters of a new disk. Keys and values are those of the plugin vddk. */
final class CreateParameters {
  private static final int SECTOR = 512;

  static final Parameter<Boolean> CREATE =
      Parameter.bool("create", "Create a new disk of create-size, and serve it.")
          .defaultValue(false);

  static final Parameter<Long> CREATE_SIZE =
      Parameter.size("create-size", "Virtual size of the new disk, a multiple of 512.")
          .map(CreateParameters::wholeSectors);

  static final Parameter<String> CREATE_TYPE =
      Parameter.choice(
              "create-type",
              Arrays.stream(VmdkType.values()).map(VmdkType::optionName).toList(),
              "Format of the new disk. Default monolithic-sparse.")
          .defaultValue(VmdkType.MONOLITHIC_SPARSE.optionName());

  static final Parameter<String> CREATE_ADAPTER_TYPE =
      Parameter.choice(
              "create-adapter-type",
              Arrays.stream(VmdkAdapter.values()).map(VmdkAdapter::optionName).toList(),
              "Adapter of the new disk. Default scsi-buslogic.")
          .defaultValue(VmdkAdapter.SCSI_BUSLOGIC.optionName());

  static final Parameter<Integer> CREATE_HWVERSION =
      Parameter.of(
              "create-hwversion",
              "NAME|N",
              "Virtual hardware of the new disk: "
                  + String.join(", ", VmdkHardwareVersion.NAMES.keySet())
                  + " or a number. Default workstation5.",
              CreateParameters::hardwareVersion)
          .defaultValue(VmdkHardwareVersion.NAMES.get("workstation5"));

  static final Parameter<Path> SNAPSHOT =
      Parameter.path(
              "snapshot", "Create a child (snapshot) of the disk in this file, and serve it.")
          .placeholder("NEWFILE");

  static final List<Parameter<?>> ALL =
      List.of(CREATE, CREATE_SIZE, CREATE_TYPE, CREATE_ADAPTER_TYPE, CREATE_HWVERSION, SNAPSHOT);

  private CreateParameters() {}

  /**
   * The options of a new disk, if one is requested.
   *
   * @throws ConfigException for an invalid combination of parameters
   */
  static Optional<VmdkCreateOptions> options(Config config) throws ConfigException {
    if (!config.get(CREATE)) {
      return Optional.empty();
    }
    if (config.has(SNAPSHOT)) {
      throw new ConfigException("give either create=true or snapshot=, not both");
    }
    long size =
        config
            .find(CREATE_SIZE)
            .orElseThrow(
                () ->
                    new ConfigException(
                        "create=true needs create-size=, the size of the new disk"));
    return Optional.of(
        VmdkCreateOptions.ofSize(size)
            .withType(VmdkType.ofOptionName(config.get(CREATE_TYPE)))
            .withAdapter(VmdkAdapter.ofOptionName(config.get(CREATE_ADAPTER_TYPE)))
            .withHardwareVersion(config.get(CREATE_HWVERSION)));
  }

  private static int hardwareVersion(String text) throws ConfigException {
    try {
      return VmdkHardwareVersion.parse(text);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(e.getMessage());
    }
  }

  private static Long wholeSectors(Long size) throws ConfigException {
    if (size == 0 || size % SECTOR != 0) {
      throw new ConfigException("must be a multiple of 512 above 0, not " + size);
    }
    return size;
  }
}
