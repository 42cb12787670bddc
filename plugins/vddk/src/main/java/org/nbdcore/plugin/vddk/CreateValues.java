package org.nbdcore.plugin.vddk;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.vmdk.VmdkAdapter;
import org.nbdcore.vmdk.VmdkHardwareVersion;
import org.nbdcore.vmdk.VmdkType;

/** The names of the options of a new disk, with VDDK's numbers. */
final class CreateValues {

  /** The number of a type is its index here plus 1. */
  static final List<String> TYPES =
      Arrays.stream(VmdkType.values()).map(VmdkType::optionName).toList();

  /** The number of an adapter is its index here plus 1. */
  static final List<String> ADAPTERS =
      Arrays.stream(VmdkAdapter.values()).map(VmdkAdapter::optionName).toList();

  static final Map<String, Integer> HW_VERSIONS = VmdkHardwareVersion.NAMES;

  private CreateValues() {}

  static int type(String word) {
    return TYPES.indexOf(word) + 1;
  }

  static int adapter(String word) {
    return ADAPTERS.indexOf(word) + 1;
  }

  static int hwVersion(String text) throws ConfigException {
    try {
      return VmdkHardwareVersion.parse(text);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(e.getMessage());
    }
  }
}
