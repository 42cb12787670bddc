package org.nbdcore.filter.common;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.FilterBlockDevice;

/** Serves the decompressed contents of a file, read-only. */
final class BlockDecompressionDevice extends FilterBlockDevice {

  private final DecompressedBlockCache blocks;
  private final CompressedBlocks packed;
  private final Runnable afterClose;

  /** Wraps {@code next}. {@code afterClose} runs after {@code next} is closed. */
  BlockDecompressionDevice(BlockDevice next, DecompressedBlockCache blocks, Runnable afterClose) {
    super(next);
    this.blocks = blocks;
    this.afterClose = afterClose;
    packed = blocks.packed();
  }

  @Override
  public long size() {
    return packed.size();
  }

  @Override
  public Capabilities capabilities() throws IOException {
    return Capabilities.readOnly()
        .withMultiConn(true)
        .withRotational(next.capabilities().rotational());
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    int block = packed.blockOf(offset);
    int skipped = (int) (offset - packed.start(block));
    while (dst.hasRemaining()) {
      byte[] contents = blocks.get(block, next);
      dst.put(contents, skipped, Math.min(contents.length - skipped, dst.remaining()));
      block++;
      skipped = 0;
    }
  }

  @Override
  public void close() throws IOException {
    try {
      super.close();
    } finally {
      afterClose.run();
    }
  }
}
