package org.nbdcore.filter.blocksizepolicy;

import java.io.IOException;
import java.util.List;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.PassThroughDevice;
import org.nbdcore.spi.helpers.AlignedExtents;
import org.nbdcore.spi.helpers.Alignment;

/** Offers other block sizes than the next device, and extents that are aligned to them. */
final class BlocksizePolicyDevice extends PassThroughDevice {

  private final BlockSizes advertised;
  private final BlockSizes below; // block sizes that the next device requires
  private final long size;
  private final boolean extents;

  BlocksizePolicyDevice(BlockDevice next, BlockSizes advertised, BlockSizes below)
      throws IOException {
    super(next);
    this.advertised = advertised;
    this.below = below;
    this.size = next.size();
    this.extents = next.capabilities().extents();
  }

  /**
   * Lenient and with extents, so that all relevant requests arrive here: without extents, the
   * server itself answers block status.
   */
  @Override
  public Capabilities capabilities() throws IOException {
    return next.capabilities().withBlockSizes(advertised).withLenient(true).withExtents(true);
  }

  /**
   * Offers no meta contexts, because their extents cannot be aligned: the status of a block with
   * different parts is undefined.
   */
  @Override
  public List<String> metaContexts() {
    return List.of();
  }

  @Override
  public void extents(long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    long block = Math.max(advertised.minimum(), below.minimum());
    long start = Alignment.roundDown(offset, block);
    long whole = Alignment.roundDown(size, block); // the last, short block of the disk follows
    long end = offset + length > whole ? size : Alignment.roundUp(offset + length, block);
    if (extents) {
      AlignedExtents.collect(
          next::extents, start, end - start, flags, below.minimum(), block, sink);
    } else {
      sink.add(start, end - start, ExtentSink.DATA);
    }
  }
}
