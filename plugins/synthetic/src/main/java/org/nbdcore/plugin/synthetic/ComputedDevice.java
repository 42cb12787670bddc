package org.nbdcore.plugin.synthetic;

import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Support;

/** A disk whose bytes are worked out when they are read, so that nothing has to be kept. */
abstract class ComputedDevice implements BlockDevice {

  /** The capabilities of all computed disks. */
  static final Capabilities READING =
      Capabilities.readOnly().withCache(Support.NATIVE).withMultiConn(true);

  private final long size;
  private final Capabilities capabilities;

  ComputedDevice(long size, Capabilities capabilities) {
    this.size = size;
    this.capabilities = capabilities;
  }

  @Override
  public final long size() {
    return size;
  }

  @Override
  public final Capabilities capabilities() {
    return capabilities;
  }

  @Override
  public final void cache(long offset, long length) {}

  @Override
  public final void close() {}
}
