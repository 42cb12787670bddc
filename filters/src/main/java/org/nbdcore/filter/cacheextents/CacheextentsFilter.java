package org.nbdcore.filter.cacheextents;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.helpers.BlockDevices;
import org.nbdcore.spi.helpers.PerExport;

/**
 * Keeps the last reply of each export while it has a client. Also keeps the reply of the export
 * whose client disconnected last.
 */
final class CacheextentsFilter implements Filter {

  private final PerExport<LastExtents> exports = new PerExport<>();

  /** A plugin may serve one disk under several names, so a change counts for all exports. */
  private final AtomicLong changes = new AtomicLong();

  private volatile LastExport lastExport; // null until a client has disconnected

  private record LastExport(String export, long size, LastExtents last) {}

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    String export = request.exportName();
    return BlockDevices.wrap(
        next.open(request),
        below -> {
          if (!below.capabilities().extents()) {
            return below;
          }
          long size = below.size();
          LastExtents last = exports.acquire(export, () -> keptOf(export, size));
          Runnable closing = () -> release(export, size, last);
          return new CacheextentsDevice(below, size, last, changes, closing);
        });
  }

  private LastExtents keptOf(String export, long size) {
    LastExport kept = lastExport;
    boolean same = kept != null && kept.export().equals(export) && kept.size() == size;
    return same ? kept.last() : new LastExtents(changes);
  }

  private void release(String export, long size, LastExtents last) {
    lastExport = new LastExport(export, size, last);
    exports.release(export);
  }
}
