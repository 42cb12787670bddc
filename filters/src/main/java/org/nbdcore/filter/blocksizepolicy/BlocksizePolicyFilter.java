package org.nbdcore.filter.blocksizepolicy;

import java.io.IOException;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.helpers.Alignment;
import org.nbdcore.spi.helpers.BlockDevices;

/** Merges the parameters with what the layer below reports. */
final class BlocksizePolicyFilter implements Filter {

  private final ErrorPolicy policy;
  private final int minimum;
  private final int preferred;
  private final long maximum;
  private final long writeDisconnect;

  /** Creates the filter. Sizes that were not given are 0. */
  BlocksizePolicyFilter(
      ErrorPolicy policy, int minimum, int preferred, long maximum, long writeDisconnect) {
    this.policy = policy;
    this.minimum = minimum;
    this.preferred = preferred;
    this.maximum = maximum;
    this.writeDisconnect = writeDisconnect;
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    return BlockDevices.wrap(
        next.open(request),
        device -> {
          Capabilities below = device.capabilities();
          BlockSizes advertised = advertised(below.blockSizes());
          BlockSizes least = below.lenient() ? BlockSizes.DEFAULT : below.blockSizes();
          return BlockDevices.checked(
              new BlocksizePolicyDevice(device, advertised, least),
              new BlocksizePolicy(
                  advertised, least, policy, writeDisconnect, request.session(), device.size()));
        });
  }

  private BlockSizes advertised(BlockSizes below) {
    int min = minimum == 0 ? below.minimum() : minimum;
    long max = maximum == 0 ? below.maximum() : maximum;
    if (max != BlockSizes.UNLIMITED) {
      max = Math.max(Alignment.roundDown(max, min), min);
    }
    int wished = preferred == 0 ? below.preferred() : preferred;
    return BlockSizes.of(min, Math.max(wished, min), max);
  }
}
