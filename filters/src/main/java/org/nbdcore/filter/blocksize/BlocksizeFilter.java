package org.nbdcore.filter.blocksize;

import java.io.IOException;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.helpers.BlockDevices;
import org.nbdcore.spi.helpers.BufferPool;
import org.nbdcore.spi.helpers.RangeLocks;
import org.nbdcore.spi.helpers.UnalignedAccess;

/** Holds the state that all connections share: the locks and the bounce buffers. */
final class BlocksizeFilter implements Filter {

  /** Two of the largest blocks, so that a small unaligned request needs one call for its data. */
  private static final int BOUNCE_SIZE = 128 << 10;

  private static final int BOUNCE_BUFFERS = 64;

  private final long minBlock;
  private final long maxData;
  private final long maxLen;
  private final BufferPool pool = new BufferPool(BOUNCE_SIZE, BOUNCE_BUFFERS);

  /**
   * One table for all exports, because a plugin may serve one disk under several names. Unaligned
   * writes at the same offset of two independent exports sometimes wait for each other.
   */
  private final RangeLocks locks = new RangeLocks();

  /** Creates the filter. A value of 0 means that the parameter was not given. */
  BlocksizeFilter(long minBlock, long maxData, long maxLen) {
    this.minBlock = minBlock;
    this.maxData = maxData;
    this.maxLen = maxLen;
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    return BlockDevices.wrap(next.open(request), below -> wrap(below, request.session()));
  }

  private BlockDevice wrap(BlockDevice next, Session session) throws IOException {
    BlocksizeLimits limits =
        BlocksizeLimits.of(minBlock, maxData, maxLen, next.capabilities().blockSizes());
    UnalignedAccess unaligned =
        new UnalignedAccess(next, limits.minBlock(), limits.maxData(), locks, pool);
    return new BlocksizeDevice(next, limits, unaligned, session);
  }
}
