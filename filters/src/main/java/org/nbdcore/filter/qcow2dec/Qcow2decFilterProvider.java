package org.nbdcore.filter.qcow2dec;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=qcow2dec}. */
public final class Qcow2decFilterProvider implements FilterProvider {

  @Override
  public String name() {
    return "qcow2dec";
  }

  @Override
  public String description() {
    return "serve the disk inside a qcow2 file, read-only";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of();
  }

  @Override
  public Filter create(Config config) {
    return new Qcow2decFilter();
  }
}
