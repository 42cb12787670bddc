package org.nbdcore.filter.indexedgzip;

import java.nio.file.Path;
import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=indexed-gzip}. */
public final class IndexedGzipFilterProvider implements FilterProvider {

  private static final long MIN_SPAN = 1 << 15;

  private static final Parameter<Path> PATH =
      Parameter.path(
              "gzip-index-path", "File with the index; created if it does not exist, else reused.")
          .required();

  private static final Parameter<Long> SPAN =
      Parameter.size("gzip-index-span", "Least distance between the points of a new index.")
          .defaultValue(1L << 20)
          .map(IndexedGzipFilterProvider::checked);

  private static Long checked(Long span) throws ConfigException {
    if (span < MIN_SPAN) {
      throw new ConfigException("must be at least 32K, not " + span);
    }
    return span;
  }

  @Override
  public String name() {
    return "indexed-gzip";
  }

  @Override
  public String description() {
    return "serve the contents of a gzip file with random access, read-only";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(PATH, SPAN);
  }

  @Override
  public Filter create(Config config) {
    return new IndexedGzipFilter(config.get(PATH), config.get(SPAN));
  }
}
