package org.nbdcore.filter.common;

import java.io.IOException;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.helpers.BlockDevices;
import org.nbdcore.spi.helpers.PerExport;

/**
 * Serves the decompressed contents of a file. The connections of an export share the positions of
 * the blocks and the decompressed blocks, because clients spread adjacent requests over several
 * connections.
 */
public final class BlockDecompressionFilter implements Filter {

  /** Finds the blocks of a compressed file. */
  @FunctionalInterface
  public interface Format {
    /** Reads the positions of the blocks in {@code file}. The caller closes {@code file}. */
    CompressedBlocks find(BlockDevice file) throws IOException;
  }

  /** The shared state of an export, kept while it has a connection. */
  private static final class Shared {
    private DecompressedBlockCache blocks; // guarded by this; null until found
  }

  private final Format format;
  private final int kept;
  private final PerExport<Shared> exports = new PerExport<>();

  /** Keeps at most {@code kept} decompressed blocks of each export. */
  public BlockDecompressionFilter(Format format, int kept) {
    this.format = format;
    this.kept = kept;
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    String export = request.exportName();
    return BlockDevices.wrap(
        next.open(request.withReadOnly(true)),
        below -> {
          Shared shared = exports.acquire(export, Shared::new);
          boolean opened = false;
          try {
            BlockDevice device =
                new BlockDecompressionDevice(
                    below, find(shared, below), () -> exports.release(export));
            opened = true;
            return device;
          } finally {
            if (!opened) {
              exports.release(export);
            }
          }
        });
  }

  private DecompressedBlockCache find(Shared shared, BlockDevice below) throws IOException {
    synchronized (shared) {
      if (shared.blocks == null) {
        shared.blocks = new DecompressedBlockCache(format.find(below), kept);
      }
      return shared.blocks;
    }
  }
}
