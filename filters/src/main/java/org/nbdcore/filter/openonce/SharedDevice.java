package org.nbdcore.filter.openonce;

import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ClearDevice;

/** A device that others use too; closing it leaves it open. */
final class SharedDevice extends ClearDevice {

  SharedDevice(BlockDevice next) {
    super(next);
  }

  @Override
  public void close() {}
}
