package org.nbdcore.filter.scan;

import java.io.IOException;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.StartContext;
import org.nbdcore.spi.Support;
import org.nbdcore.spi.ThreadModel;
import org.nbdcore.spi.helpers.Alignment;
import org.nbdcore.spi.helpers.BlockDevices;

/** Starts a scan if the disk supports it. Otherwise logs the reason once. */
final class ScanFilter implements Filter {

  private static final Log LOG = Log.of("scan");

  private final ScanProgress progress;
  private volatile boolean parallel;
  private volatile boolean warned;

  ScanFilter(boolean ahead, boolean clock, boolean forever, long step) {
    progress = new ScanProgress(ahead, clock, forever, step);
  }

  @Override
  public void start(Backend next, StartContext context) {
    parallel = next.threadModel() == ThreadModel.PARALLEL;
    if (!parallel) {
      warnOnce("the layers below serve one request at a time (" + next.threadModel() + ")");
    }
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    BlockDevice device = next.open(request);
    if (!parallel) {
      return device;
    }
    return BlockDevices.wrap(
        device,
        below -> {
          if (!isDefault(request, next)) {
            return below;
          }
          Capabilities capabilities = below.capabilities();
          if (capabilities.cache() != Support.NATIVE || capabilities.cacheDiscards()) {
            warnOnce(
                "the layer below has no cache of its own: put --filter=cache below, or"
                    + " --filter=cow with cow-on-cache=true");
            return below;
          }
          long size = Alignment.roundDown(below.size(), capabilities.blockSizes().minimum());
          if (progress.step() < capabilities.blockSizes().minimum()) {
            warnOnce("scan-size is less than the block size of the layer below");
            return below;
          }
          return new ScanDevice(below, size, progress);
        });
  }

  private static boolean isDefault(OpenRequest request, Backend next) throws IOException {
    return request.exportName().isEmpty()
        || request.exportName().equals(next.defaultExport(request.withExportName("")));
  }

  private void warnOnce(String why) {
    if (!warned) {
      warned = true;
      LOG.warn("nothing is scanned, because " + why);
    }
  }
}
