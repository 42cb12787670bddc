package org.nbdcore.filter.offset;

import java.io.IOException;
import java.util.Optional;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.helpers.Alignment;
import org.nbdcore.spi.helpers.BlockDevices;

/** Checks that the range lies within each disk. */
final class OffsetFilter implements Filter {

  private final long offset;
  private final Optional<Long> range;

  OffsetFilter(long offset, Optional<Long> range) {
    this.offset = offset;
    this.range = range;
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    return BlockDevices.wrap(next.open(request), this::wrap);
  }

  private BlockDevice wrap(BlockDevice below) throws IOException {
    long size = below.size();
    long length = range.orElse(size - offset);
    if (offset > size || length > size - offset) {
      throw new NbdException(
          NbdError.EINVAL,
          "offset="
              + offset
              + (range.isPresent() ? " range=" + length : "")
              + " goes past the end of the disk below, which has "
              + size
              + " bytes");
    }
    int block = below.capabilities().blockSizes().minimum();
    if (!Alignment.isAligned(offset, block)) {
      throw new NbdException(
          NbdError.EINVAL,
          "offset must be a multiple of the minimum block size of the layer below ("
              + block
              + "), not "
              + offset
              + "; or put --filter=blocksize below");
    }
    return BlockDevices.range(below, offset, length);
  }
}
