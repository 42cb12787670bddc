package org.nbdcore.filter.protect;

import java.io.IOException;
import java.util.List;
import org.nbdcore.filter.common.BufferPool;
import org.nbdcore.filter.common.Layers;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;

/** Resolves the ranges against the size of each disk. */
final class ProtectFilter implements Filter {

  private final List<ProtectedRange> ranges;
  private final BufferPool pool = new BufferPool(65536, 32);

  ProtectFilter(List<ProtectedRange> ranges) {
    this.ranges = ranges;
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    return Layers.wrap(
        next.open(request),
        below -> new ProtectDevice(below, new ProtectedAreas(ranges, below.size()), pool));
  }
}
