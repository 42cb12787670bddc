package org.nbdcore.filter.spinning;

import java.io.IOException;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.helpers.BlockDevices;
import org.nbdcore.spi.helpers.PerExport;

/** Keeps the simulated heads of each export while it has clients. */
final class SpinningFilter implements Filter {

  private final int heads;
  private final boolean separate;
  private final SeekTime seekTime;
  private final PerExport<DiskHeads> disks = new PerExport<>();

  SpinningFilter(int heads, boolean separate, SeekTime seekTime) {
    this.heads = heads;
    this.separate = separate;
    this.seekTime = seekTime;
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    String name = request.exportName();
    return BlockDevices.wrap(
        next.open(request),
        device -> {
          long size = device.size();
          DiskHeads shared =
              disks.acquire(name, () -> new DiskHeads(size, heads, separate, seekTime));
          return new SpinningDevice(device, shared, request.session(), () -> disks.release(name));
        });
  }
}
