package org.nbdcore.plugin.cdi;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.spi.Session;

/** Describes {@code cdi}: a layer of a container image, from a registry or from a file. */
public final class CdiProvider implements PluginProvider {

  @Override
  public String name() {
    return "cdi";
  }

  @Override
  public String description() {
    return "A layer of a container image";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return CdiParameters.ALL;
  }

  @Override
  public Plugin create(Config config) throws ConfigException {
    return CdiParameters.plugin(config, System.getenv(), Session.DETACHED::sleep);
  }
}
