package org.nbdcore.example.checksum;

import java.io.IOException;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.helpers.BlockDevices;
import org.nbdcore.spi.helpers.PerExport;

/** All connections to an export share its checksums, until the server stops. */
final class ChecksumFilter implements Filter {

  private final PerExport<BlockChecksums> exports = new PerExport<>();

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    BlockDevice below = next.open(request);
    try {
      BlockChecksums checksums = exports.acquire(request.exportName(), BlockChecksums::new);
      return new ChecksumDevice(below, checksums);
    } catch (IOException | RuntimeException | Error e) {
      BlockDevices.closeAfter(below, e);
      throw e;
    }
  }
}
