package org.nbdcore.filter.lzip;

import java.util.List;
import org.nbdcore.filter.common.BlockDecompressionFilter;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=lzip}. */
public final class LzipFilterProvider implements FilterProvider {

  private static final Parameter<Long> MAX_BLOCK =
      Parameter.size("lzip-max-block", "Largest unpacked member that a file may have.")
          .defaultValue(512L << 20);

  private static final Parameter<Long> MAX_DEPTH =
      Parameter.integer("lzip-max-depth", 1, 1 << 20, "Number of unpacked members to keep.")
          .defaultValue(8L);

  @Override
  public String name() {
    return "lzip";
  }

  @Override
  public String description() {
    return "serve the contents of an lzip file, read-only";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(MAX_BLOCK, MAX_DEPTH);
  }

  @Override
  public Filter create(Config config) {
    long maxBlock = config.get(MAX_BLOCK);
    return new BlockDecompressionFilter(
        file -> LzipBlocks.find(file, maxBlock), config.get(MAX_DEPTH).intValue());
  }
}
