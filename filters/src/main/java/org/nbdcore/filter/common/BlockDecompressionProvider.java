package org.nbdcore.filter.common;

import java.io.IOException;
import java.util.List;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Base class of providers for formats that compress a file in independent blocks. */
public abstract class BlockDecompressionProvider implements FilterProvider {

  private final String name;
  private final String description;
  private final Parameter<Long> maxBlock;
  private final Parameter<Long> maxDepth;

  /**
   * Sets the words in the help texts.
   *
   * @param article {@code a} or {@code an}
   * @param block the format's word for a block
   */
  protected BlockDecompressionProvider(String name, String article, String block) {
    this.name = name;
    description = "serve the contents of " + article + " " + name + " file, read-only";
    maxBlock =
        Parameter.size(name + "-max-block", "Largest unpacked " + block + " that a file may have.")
            .defaultValue(512L << 20);
    maxDepth =
        Parameter.integer(
                name + "-max-depth", 1, 1 << 20, "Number of unpacked " + block + "s to keep.")
            .defaultValue(8L);
  }

  /**
   * Finds the blocks of a compressed file.
   *
   * @param maxBlock maximum size of a block in bytes; files with larger blocks are refused
   */
  protected abstract CompressedBlocks find(BlockDevice file, long maxBlock) throws IOException;

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final String description() {
    return description;
  }

  @Override
  public final List<Parameter<?>> parameters() {
    return List.of(maxBlock, maxDepth);
  }

  @Override
  public final Filter create(Config config) {
    long most = config.get(maxBlock);
    return new BlockDecompressionFilter(file -> find(file, most), config.get(maxDepth).intValue());
  }
}
