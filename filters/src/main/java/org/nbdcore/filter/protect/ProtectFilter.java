package org.nbdcore.filter.protect;

import java.io.IOException;
import java.util.List;
import org.nbdcore.filter.common.ContentComparison;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.helpers.BlockDevices;
import org.nbdcore.spi.helpers.BufferPool;

/** Holds the configured ranges, and computes the protected ranges for the size of each disk. */
final class ProtectFilter implements Filter {

  private final List<ProtectedRange> regions;
  private final BufferPool buffers = ContentComparison.pool();

  ProtectFilter(List<ProtectedRange> regions) {
    this.regions = regions;
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    return BlockDevices.wrap(
        next.open(request),
        device -> {
          ProtectedRanges parts = new ProtectedRanges(regions, device.size());
          return parts.count() == 0
              ? device
              : new ProtectDevice(device, parts, buffers, request.session());
        });
  }
}
