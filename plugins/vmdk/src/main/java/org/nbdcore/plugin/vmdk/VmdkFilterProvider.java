package org.nbdcore.plugin.vmdk;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=vmdk}. */
public final class VmdkFilterProvider implements FilterProvider {

  @Override
  public String name() {
    return "vmdk";
  }

  @Override
  public String description() {
    return "serve a VMware virtual disk (VMDK), or the disks of an OVA, from the layer below";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of();
  }

  @Override
  public Filter create(Config config) {
    return new VmdkFilter();
  }
}
