package org.nbdcore.plugin.mkfs;

import java.util.List;
import org.nbdcore.plugin.file.AnonymousFile;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;

/** Describes {@code tmpdisk}: a fresh filesystem for each client. */
public final class TmpdiskProvider implements PluginProvider {

  @Override
  public String name() {
    return "tmpdisk";
  }

  @Override
  public String description() {
    return "A new filesystem for each client, deleted when it disconnects";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(
        MkfsParameters.SIZE, MkfsParameters.TYPE, MkfsParameters.LABEL, MkfsParameters.COMMAND);
  }

  @Override
  public boolean acceptsAnyKey() {
    return true;
  }

  @Override
  public Plugin create(Config config) throws ConfigException {
    return new TmpdiskPlugin(MkfsParameters.command(config), AnonymousFile.folder());
  }
}
