package org.nbdcore.plugin.cdi;

import java.util.Map;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;

/** The name of an image, as the user writes it. */
sealed interface ImageName permits RegistryName, LayoutName {

  /** Reads a name, with the transports of podman and skopeo. */
  static ImageName parse(String text) throws ConfigException {
    if (text.startsWith(LayoutName.FOLDER) || text.startsWith(LayoutName.ARCHIVE)) {
      return LayoutName.parse(text);
    }
    return RegistryName.parse(text);
  }

  /** Returns the source of the image, without opening it. */
  CdiPlugin.Opening source(Config config, Map<String, String> environment, RetryDelay pause);
}
