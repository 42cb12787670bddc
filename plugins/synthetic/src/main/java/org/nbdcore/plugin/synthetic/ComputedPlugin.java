package org.nbdcore.plugin.synthetic;

import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;

/**
 * A plugin whose connections share one stateless device.
 *
 * @param writing the device for clients that may write
 * @param reading the device for read-only clients
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
