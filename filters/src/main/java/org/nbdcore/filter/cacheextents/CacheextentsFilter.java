package org.nbdcore.filter.cacheextents;

import java.io.IOException;
import org.nbdcore.filter.common.Layers;
import org.nbdcore.filter.common.PerExport;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;

/** Keeps one answer an export, as long as it has a client. */
final class CacheextentsFilter implements Filter {

  private final PerExport<LastExtents> exports = new PerExport<>();

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    String export = request.exportName();
    return Layers.wrap(
        next.open(request),
        below -> {
          if (!below.capabilities().extents()) {
            return below;
          }
          LastExtents last = exports.acquire(export, LastExtents::new);
          return new CacheextentsDevice(below, export, last, exports);
        });
  }
}
