package org.nbdcore.filter.evil;

import java.io.IOException;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.StartContext;
import org.nbdcore.spi.helpers.BlockDevices;

/** Creates the devices, and logs the seed so that a run can be repeated. */
final class EvilFilter implements Filter {

  private static final Log LOG = Log.of("evil");

  private final EvilMode mode;
  private final BitFlipper flipper;

  EvilFilter(EvilMode mode, BitFlipper flipper) {
    this.mode = mode;
    this.flipper = flipper;
  }

  @Override
  public void start(Backend next, StartContext context) {
    LOG.info("evil-seed=" + flipper.seed());
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    return BlockDevices.wrap(next.open(request), device -> new EvilDevice(device, mode, flipper));
  }
}
