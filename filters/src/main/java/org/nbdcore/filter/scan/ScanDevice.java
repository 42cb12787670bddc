package org.nbdcore.filter.scan;

import java.io.IOException;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.DeviceThread;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.PassThroughDevice;
import org.nbdcore.spi.RequestType;
import org.nbdcore.spi.helpers.BlockDevices;
import org.nbdcore.spi.helpers.SpareThread;
import org.nbdcore.spi.helpers.Uninterruptibles;

/**
 * Scans the disk on its own thread while it is open. It only prefetches data, without changing it.
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
      SpareThread.startUnlessLast(thread);
    } catch (OutOfMemoryError e) {
      LOG.warn(
          "nothing is scanned, because the system allows no further thread: " + e.getMessage());
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
        LOG.debug(() -> "scanning at " + at + ": " + e); // a read of the same range will report it
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
