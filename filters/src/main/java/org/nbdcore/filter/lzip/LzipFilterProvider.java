package org.nbdcore.filter.lzip;

import java.io.IOException;
import org.nbdcore.filter.common.BlockDecompressionProvider;
import org.nbdcore.filter.common.CompressedBlocks;
import org.nbdcore.spi.BlockDevice;

/** Provides {@code --filter=lzip}. */
public final class LzipFilterProvider extends BlockDecompressionProvider {

  /** For the service loader. */
  public LzipFilterProvider() {
    super("lzip", "an", "member");
  }

  @Override
  protected CompressedBlocks find(BlockDevice file, long maxBlock) throws IOException {
    return LzipBlocks.find(file, maxBlock);
  }
}
