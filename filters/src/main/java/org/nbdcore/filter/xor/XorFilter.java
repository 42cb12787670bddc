package org.nbdcore.filter.xor;

import java.io.IOException;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.helpers.BlockDevices;
import org.nbdcore.spi.helpers.BufferPool;

/** Creates devices with the same key. */
final class XorFilter implements Filter {

  private final KeyStream key;
  private final BufferPool pool = new BufferPool(128 << 10, 32);

  XorFilter(KeyStream key) {
    this.key = key;
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    return BlockDevices.wrap(next.open(request), below -> new XorDevice(below, key, pool));
  }
}
