package org.nbdcore.filter.swab;

import java.io.IOException;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.helpers.BlockDevices;
import org.nbdcore.spi.helpers.BufferPool;

/** Swaps the bytes of words of 2, 4 or 8 bytes. Words of 1 byte stay unchanged. */
final class SwabFilter implements Filter {

  private final int word;
  private final BufferPool pool = new BufferPool(128 << 10, 32);

  SwabFilter(int word) {
    this.word = word;
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    BlockDevice device = next.open(request);
    return word == 1
        ? device
        : BlockDevices.wrap(device, below -> new SwabDevice(below, word, pool));
  }
}
