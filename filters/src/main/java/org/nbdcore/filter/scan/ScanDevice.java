package org.nbdcore.filter.scan;

import java.io.IOException;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.DeviceThread;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.PassThroughDevice;
import org.nbdcore.spi.helpers.BlockDevices;
import org.nbdcore.spi.helpers.RequestType;
import org.nbdcore.spi.helpers.SpareThread;
import org.nbdcore.spi.helpers.Uninterruptibles;

/**
 * Scans on a thread of its own as long as it is open. Data is not touched, only asked for early.
 */
final class ScanDevice extends PassThroughDevice {

  private static final Log LOG = Log.of("scan");

  private final long size;
  private final ScanProgress progress;
  private final Thread thread = DeviceThread.of(this::scan, "scan");
  private volatile boolean closing;

  ScanDevice(BlockDevice next, long size, ScanProgress progress) {
    super(
        BlockDevices.checked(
            next,
            (type, offset, length) -> {
              if (type == RequestType.READ) {
                progress.read(offset + length);
              }
            }));
    this.size = size;
    this.progress = progress;
    progress.join();
    thread.setDaemon(true);
    try {
      SpareThread.keepWhileStarting(thread);
    } catch (OutOfMemoryError e) {
      LOG.warn("nothing is scanned, as no thread can be made: " + e.getMessage());
    }
  }

  private void scan() {
    while (!closing) {
      long at = progress.next(size);
      if (at < 0) {
        LOG.debug("the scan is through");
        return;
      }
      try {
        next.cache(at, Math.min(progress.step(), size - at));
      } catch (IOException | RuntimeException e) {
        LOG.debug(() -> "scanning at " + at + ": " + e); // a reader will hear of it
      }
    }
  }

  @Override
  public void close() throws IOException {
    closing = true;
    Uninterruptibles.join(thread);
    progress.leave();
    next.close();
  }
}
