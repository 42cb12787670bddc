package org.nbdcore.plugin.mkfs;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;

/**
 * Describes {@code ondemand}: a filesystem for each export name, created when a client first opens
 * it.
 */
public final class OndemandProvider implements PluginProvider {

  static final Parameter<Path> DIR = Parameter.path("dir", "Folder for the disks.").required();
  static final Parameter<Boolean> WAIT =
      Parameter.bool("wait", "Whether a client waits while another client uses the disk.")
          .defaultValue(false);
  static final Parameter<Boolean> SHARE =
      Parameter.bool("share", "Whether several clients may open a disk at the same time.")
          .defaultValue(false);

  @Override
  public String name() {
    return "ondemand";
  }

  @Override
  public String description() {
    return "Filesystems that are created on first use, and kept";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(
        DIR,
        MkfsParameters.SIZE,
        WAIT,
        SHARE,
        MkfsParameters.TYPE,
        MkfsParameters.LABEL,
        MkfsParameters.COMMAND);
  }

  @Override
  public boolean acceptsAnyKey() {
    return true;
  }

  @Override
  public Plugin create(Config config) throws ConfigException {
    Path folder = config.get(DIR);
    if (!Files.isDirectory(folder)) {
      throw new ConfigException("dir must be an existing folder, not '" + folder + "'");
    }
    return new OndemandPlugin(
        MkfsParameters.command(config), folder, config.get(WAIT), config.get(SHARE));
  }
}
