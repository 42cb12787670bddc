package org.nbdcore.plugin.synthetic;

import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;

/**
 * One disk for everybody: it keeps nothing, not even that it is open.
 *
 * @param writing the device for clients that may write
 * @param reading the same without
 */
record ComputedPlugin(BlockDevice writing, BlockDevice reading) implements Plugin {

  /** A disk that is the same for both. */
  ComputedPlugin(BlockDevice device) {
    this(device, device);
  }

  @Override
  public BlockDevice open(OpenRequest request) {
    return request.readOnly() ? reading : writing;
  }
}
