package org.nbdcore.filter.bzip2;

import java.util.List;
import org.nbdcore.filter.common.StreamDecompressionFilter;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=bzip2}. */
public final class Bzip2FilterProvider implements FilterProvider {

  @Override
  public String name() {
    return "bzip2";
  }

  @Override
  public String description() {
    return "serve the contents of a bzip2 file, read-only";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of();
  }

  @Override
  public Filter create(Config config) {
    return new StreamDecompressionFilter("bzip2", Bzip2Streams::new);
  }
}
