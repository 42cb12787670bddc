package org.nbdcore.plugin.s3;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;

/** Describes {@code S3}: a disk in one or many objects of S3. */
public final class S3Provider implements PluginProvider {

  @Override
  public String name() {
    return "S3";
  }

  @Override
  public String description() {
    return "A disk in objects of Amazon S3, Ceph and the like";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return S3Parameters.ALL;
  }

  @Override
  public Plugin create(Config config) throws ConfigException {
    return S3Parameters.plugin(config, System.getenv());
  }
}
