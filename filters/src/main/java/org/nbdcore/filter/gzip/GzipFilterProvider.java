package org.nbdcore.filter.gzip;

import java.util.List;
import java.util.zip.GZIPInputStream;
import org.nbdcore.filter.common.StreamDecompressionFilter;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=gzip}. */
public final class GzipFilterProvider implements FilterProvider {

  private static final int BUFFER = 1 << 18;

  @Override
  public String name() {
    return "gzip";
  }

  @Override
  public String description() {
    return "serve the contents of a gzip file, read-only";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of();
  }

  @Override
  public Filter create(Config config) {
    return new StreamDecompressionFilter("gzip", packed -> new GZIPInputStream(packed, BUFFER));
  }
}
