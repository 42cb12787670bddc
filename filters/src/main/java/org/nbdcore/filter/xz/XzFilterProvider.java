package org.nbdcore.filter.xz;

import java.io.IOException;
import org.nbdcore.filter.common.BlockDecompressionProvider;
import org.nbdcore.filter.common.CompressedBlocks;
import org.nbdcore.spi.BlockDevice;

/** Provides {@code --filter=xz}. */
public final class XzFilterProvider extends BlockDecompressionProvider {

  /** For the service loader. */
  public XzFilterProvider() {
    super("xz", "an", "block");
  }

  @Override
  protected CompressedBlocks find(BlockDevice file, long maxBlock) throws IOException {
    return XzBlocks.find(file, maxBlock);
  }
}
