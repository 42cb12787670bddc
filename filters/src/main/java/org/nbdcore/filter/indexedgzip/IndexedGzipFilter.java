package org.nbdcore.filter.indexedgzip;

import java.io.IOException;
import java.nio.file.Path;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.helpers.BlockDevices;
import org.nbdcore.spi.helpers.PerExport;

/** Opens the index with the first connection to an export, and closes it with the last one. */
final class IndexedGzipFilter implements Filter {

  private final Path path;
  private final long span;
  private final PerExport<SharedIndex> exports = new PerExport<>();

  IndexedGzipFilter(Path path, long span) {
    this.path = path;
    this.span = span;
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    return BlockDevices.wrap(
        next.open(request.withReadOnly(true)), below -> indexed(below, request));
  }

  private BlockDevice indexed(BlockDevice below, OpenRequest request) throws IOException {
    String export = request.exportName();
    SharedIndex index = exports.acquire(export, () -> new SharedIndex(path, span));
    try {
      return new IndexedGzipDevice(
          below, index.get(below, request.session()), () -> release(export, index));
    } catch (IOException | RuntimeException | Error e) {
      release(export, index);
      throw e;
    }
  }

  private void release(String export, SharedIndex index) throws IOException {
    if (exports.release(export)) {
      index.close();
    }
  }
}
