package org.nbdcore.filter.xz;

import java.util.List;
import org.nbdcore.filter.common.BlockDecompressionFilter;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=xz}. */
public final class XzFilterProvider implements FilterProvider {

  private static final Parameter<Long> MAX_BLOCK =
      Parameter.size("xz-max-block", "Largest unpacked block that a file may have.")
          .defaultValue(512L << 20);

  private static final Parameter<Long> MAX_DEPTH =
      Parameter.integer("xz-max-depth", 1, 1 << 20, "Number of unpacked blocks to keep.")
          .defaultValue(8L);

  @Override
  public String name() {
    return "xz";
  }

  @Override
  public String description() {
    return "serve the contents of an xz file, read-only";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(MAX_BLOCK, MAX_DEPTH);
  }

  @Override
  public Filter create(Config config) {
    long maxBlock = config.get(MAX_BLOCK);
    return new BlockDecompressionFilter(
        file -> XzBlocks.find(file, maxBlock), config.get(MAX_DEPTH).intValue());
  }
}
